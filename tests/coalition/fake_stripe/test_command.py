"""`python -m coalition.fake_stripe`, and what its README says."""

import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2 as httpx

import coalition.fake_stripe
from coalition.fake_stripe import FakeStripe
from tests.support.stripe import START

COMMAND = [sys.executable, "-m", "coalition.fake_stripe", "--port"]
README = Path(coalition.fake_stripe.__file__).parent / "README.md"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_it_serves_until_interrupted_and_leaves_without_a_traceback() -> None:
    port = free_port()
    with subprocess.Popen([*COMMAND, str(port)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        for _ in range(300):
            try:
                now = httpx.get(f"http://127.0.0.1:{port}/_control/clock").json()["now"]
                break
            except httpx.ConnectError:
                time.sleep(0.1)
        assert abs(now - time.time()) < 60
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=20)
    assert f"http://127.0.0.1:{port}" in out
    assert "Traceback" not in err


def test_a_port_that_is_taken_is_said_so() -> None:
    with FakeStripe.start(now=START) as fake:
        answer = subprocess.run([*COMMAND, str(fake.port)], capture_output=True, text=True, check=False)
    assert answer.returncode == 1
    assert f"Port {fake.port} can't be used" in answer.stderr
    assert "--port" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_the_readme_lists_every_control_and_no_other() -> None:
    listed = set(re.findall(r"\| `((?:GET|POST|DELETE) /\S+)` \|", README.read_text()))
    with FakeStripe.start(now=START) as fake:
        paths = httpx.get(f"{fake.url}/_control/openapi.json").json()["paths"]
    served = {f"{method.upper()} {path.removeprefix('/_control')}" for path, ways in paths.items() for method in ways}
    assert listed == served
