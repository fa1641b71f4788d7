"""The alliance's own legal texts: versions by date, who published them, and to which of them somebody agrees."""

from threading import Barrier, Thread
from typing import Any

import pytest

from coalition.access.caller import Role
from coalition.legal.legal_text import TEXT_CHARS_MAX
from coalition.legal.legal_texts import legal_texts_of
from tests.coalition.api.test_joining_api import joined, sent_code
from tests.support.people import stranger
from tests.support.town_api import ApiTown
from tests.support.wallets import People

WORDS = {"en": "# Terms\n\nOne.", "zh": "# 条款\n\n一。"}
OTHER = {"en": "Two.", "zh": "二。"}


def published(town: ApiTown, **fields: object) -> Any:
    answer = town.client().post("/v1/legal-texts", json={"kind": "terms", "text": WORDS, **fields})
    legal_texts_of(town.alliance).refresh()
    return answer


def in_force(town: ApiTown) -> list[tuple[str, int, str]]:
    """Kind, version and English words of what a stranger reads."""
    legal_texts_of(town.alliance).refresh()
    data = stranger(town).get("/v1/public/legal-texts").json()["data"]
    return [(each["kind"], each["version"], each["text"]["en"]) for each in data]


def test_a_version_holds_from_its_moment_on_and_those_before_it_stay(town: ApiTown) -> None:
    assert in_force(town) == []
    first = published(town)
    assert (first.status_code, first.json()["version"], first.json()["text"]) == (201, 1, WORDS)
    next_day = "2024-05-16T00:00:00Z"
    coming = published(town, text=OTHER, effective_at=next_day, replaces=1)
    assert (coming.json()["version"], coming.json()["effective_at"]) == (2, next_day)
    assert published(town, kind="imprint", text=OTHER).status_code == 201
    assert in_force(town) == [("terms", 1, WORDS["en"]), ("imprint", 1, "Two.")]
    # A version for the same moment takes the place of one that nobody has seen in force.
    assert published(town, text={"en": "Three.", "zh": "三。"}, effective_at=next_day, replaces=2).status_code == 201
    town.clock.set(town.clock() + 2 * 10**12)
    assert in_force(town) == [("terms", 3, "Three."), ("imprint", 1, "Two.")]
    listed = town.client(Role.OPERATOR).get("/v1/legal-texts", params={"limit": 2})
    assert [(each["kind"], each["version"]) for each in listed.json()["data"]] == [("imprint", 1), ("terms", 3)]
    rest = town.client().get("/v1/legal-texts", params={"cursor": listed.json()["next_cursor"]}).json()["data"]
    assert [each["version"] for each in rest] == [2, 1]
    of_kind = town.client().get("/v1/legal-texts", params={"kind": "imprint"}).json()["data"]
    assert [each["text"] for each in of_kind] == [OTHER]


def test_who_published_is_logged_and_nobody_overwrites_what_they_have_not_read(town: ApiTown) -> None:
    by = published(town).json()["published_by"]
    for replaces in (None, 2):
        refused = published(town, text=OTHER, replaces=replaces)
        assert (refused.status_code, refused.json()["code"]) == (412, "changed_meanwhile")
        assert "Version 1 is the newest now" in refused.json()["detail"]
    late = published(town, replaces=1, effective_at="2020-01-01T00:00:00Z")
    assert (late.status_code, late.json()["code"]) == (422, "invalid")
    entries = town.client().get("/v1/audit-log").json()["data"]
    logged = [each for each in entries if each["action"] == "legal.publish"]
    assert [(each["actor"], each["target"], each["details"]["version"]) for each in logged] == [(by, "terms", 1)]
    long = "x" * (TEXT_CHARS_MAX + 1)
    assert published(town, text={"en": long, "zh": "一"}).status_code == 422
    longest = {"en": "文" * TEXT_CHARS_MAX, "zh": "文" * TEXT_CHARS_MAX}
    assert published(town, kind="privacy", text=longest).status_code == 201


def test_two_who_publish_at_once_are_one_version(town: ApiTown) -> None:
    start, codes = Barrier(2), []
    clients = [town.client() for _ in range(2)]

    def publish(number: int) -> None:
        start.wait()
        body = {"kind": "imprint", "text": OTHER}
        codes.append(clients[number].post("/v1/legal-texts", json=body).status_code)

    threads = [Thread(target=publish, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [201, 412]


def test_whoever_joins_agrees_to_the_version_that_they_read(people: People) -> None:
    town = people.town

    def agreed(member: str) -> list[tuple[str, int | None]]:
        consents = people.app.get(f"/v1/members/{member}").json()["consents"]
        return [(each["purpose"], each["version"]) for each in consents if each["given"]]

    before = joined(town, code=sent_code(town)).json()["member"]
    assert agreed(before) == [("terms", None)], "the alliance has no terms of its own yet"
    published(town)
    code = sent_code(town, "eve@example.com")
    body: dict[str, Any] = {"contact": "eve@example.com", "code": code}
    for version in (2, 7):
        stale = joined(town, **body, consents={"terms": True, "terms_version": version})
        assert (stale.status_code, stale.json()["code"]) == (409, "terms_changed"), "and the code is still good"
    eve = joined(town, **body, consents={"terms": True, "terms_version": 1}).json()["member"]
    assert agreed(eve) == [("terms", 1)]
    published(town, text=OTHER, replaces=1)
    assert agreed(people.enrol(email="fay@example.com", consents={"terms": True, "marketing": True})) == [
        ("marketing", None),
        ("terms", 2),
    ]
    assert agreed(eve) == [("terms", 1)], "who joined before stays with theirs"
    export = people.app.get(f"/v1/members/{eve}/export").json()["consents"]
    assert ("terms", 1) in [(each["purpose"], each["version"]) for each in export]
    etag = people.app.get(f"/v1/members/{eve}").headers["ETag"]
    people.app.patch(f"/v1/members/{eve}", json={"consents": {"terms": True}}, headers={"If-Match": etag})
    assert agreed(eve) == [("terms", 2)]


@pytest.mark.parametrize("role", [Role.APP, Role.TILL])
def test_only_the_alliance_reads_versions_that_are_to_come(town: ApiTown, role: Role) -> None:
    caller = town.client(role, "bakery" if role is Role.TILL else None)
    assert caller.get("/v1/legal-texts").status_code == 403
    assert caller.post("/v1/legal-texts", json={"kind": "terms", "text": WORDS}).status_code == 403
