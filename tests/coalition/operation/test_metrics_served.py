"""Figures of a real server: those of all its processes in one scrape, on a port of their own."""

import re
import urllib.request
from pathlib import Path

import pytest

from tests.support.served import Site, free_port

PURCHASES = 40


@pytest.mark.parametrize("workers", [1, 2])
def test_a_scrape_tells_of_all_processes(
    new_sqlite_url: str, new_postgres_url: str, tmp_path: Path, workers: int
) -> None:
    site = Site(new_sqlite_url if workers == 1 else new_postgres_url, tmp_path)
    port = free_port()
    with site.served("--workers", workers, "--metrics", f"127.0.0.1:{port}") as process:
        answers = site.ask((site.purchase(f"k{n}", amount_minor=100) for n in range(PURCHASES)), 8)
        assert all(answer is not None and answer.status == 201 for answer in answers)
        scraped = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics").read().decode()
        (away,) = site.ask([b"GET /metrics HTTP/1.1\r\nHost: test\r\n\r\n"], 1)
        # Its workers end with it, as they would not if it were killed.
        process.terminate()
        process.wait(60)
    booked = re.search(r'coalition_requests_total\{.*route="/v1/purchases",status="201"\} (\S+)', scraped)
    posted = re.search(r"coalition_batch_postings_sum (\S+)", scraped)
    assert booked is not None
    assert posted is not None
    assert float(booked[1]) == float(posted[1]) == PURCHASES
    for name in ("coalition_database_up 1.0", "coalition_queue_callers", "coalition_events_behind"):
        assert name in scraped
    # The public port does not have them.
    assert away is not None
    assert away.status == 404
    site.database.close()
