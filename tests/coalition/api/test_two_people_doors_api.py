"""The doors through which one person created or moved value: each takes two people above a limit."""

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from coalition.access.caller import Role
from tests.support.people import person
from tests.support.settling import OPENING
from tests.support.town_api import ApiAnswer, ApiTown, purchase, send

MILLION = 100_000_000
"""1,000,000.00 in minor units, and in points of a cent."""
JUNE = "2024-06-01T00:00:00Z"


@pytest.fixture
def owner(town: ApiTown) -> TestClient:
    """Who asks."""
    return person(town, Role.OWNER).log_in()


@pytest.fixture
def finance(town: ApiTown) -> TestClient:
    """Who approves."""
    return person(town, Role.FINANCE).log_in()


def approve(town: ApiTown, approver: TestClient) -> ApiAnswer:
    """Approve the only request that waits; what was asked for."""
    (waiting,) = town.client().get("/v1/approvals", params={"status": "pending"}).json()["data"]
    done = approver.post(f"/v1/approvals/{waiting['id']}/approve").json()
    assert done["status"] == "done"
    return waiting


def code(answer: Response) -> tuple[int, str | None]:
    """The status and the code of an answer."""
    return answer.status_code, answer.json().get("code")


AWAITED = (409, "approval_awaited")


def test_who_opened_a_dispute_does_not_answer_it(closed: ApiTown, owner: TestClient, finance: TestClient) -> None:
    body = {"shop": "cafe", "window": OPENING, "statement": "It was more."}
    path = f"/v1/disputes/{owner.post('/v1/disputes', json=body).json()['id']}/answer"
    rejected = {"status": "rejected", "answer": "No."}
    assert code(owner.post(path, json=rejected)) == (403, "second_person_needed")
    assert finance.post(path, json=rejected).json()["status"] == "rejected"


def test_a_correction_of_a_million_takes_two_people(closed: ApiTown, owner: TestClient, finance: TestClient) -> None:
    opened = closed.till("cafe").post("/v1/disputes", json={"shop": "cafe", "window": OPENING, "statement": "More."})
    path = f"/v1/disputes/{opened.json()['id']}/answer"
    correction = {"payer": "bakery", "payee": "cafe", "points": MILLION}
    answer = {"status": "accepted", "answer": "Right.", "correction": correction}
    assert code(closed.client().post(path, json=answer)) == (403, "person_needed")
    assert [code(owner.post(path, json=answer)) for _ in range(2)] == [AWAITED] * 2
    assert owner.get(path.removesuffix("/answer")).json()["status"] == "open"
    assert approve(closed, finance)["payload"]["points"] == MILLION
    first, again = (owner.post(path, json=answer).json() for _ in range(2))
    assert (first["status"], first) == ("accepted", again)


def test_an_import_of_many_points_takes_two_people(town: ApiTown, owner: TestClient, finance: TestClient) -> None:
    rows = [
        {
            "ref": f"card-{number}",
            "email": f"m{number}@example.com",
            "shop": "bakery",
            "parts": [{"points": 450_000, "release_on": "2024-01-01"}],
        }
        for number in range(2)
    ]
    body = {"rows": rows}
    assert code(town.client().post("/v1/member-imports", json=body)) == (403, "person_needed")
    assert code(owner.post("/v1/member-imports", json=body)) == AWAITED
    asked = approve(town, finance)
    assert asked["payload"]["points"] == 900_000
    assert "example.com" not in str(asked)
    other = {"rows": [{**rows[0], "ref": "another"}, rows[1]]}
    assert code(owner.post("/v1/member-imports", json=other)) == AWAITED
    assert owner.post("/v1/member-imports", json=body).json()["imported"] == 2
    # What is in already adds nothing, and takes nobody.
    assert owner.post("/v1/member-imports", json=body).json()["imported"] == 2


def test_a_shops_limit_is_lifted_by_two_people_once(town: ApiTown, owner: TestClient, finance: TestClient) -> None:
    def limit(client: TestClient, credit_minor: int | None) -> Response:
        body = {"credit_minor": credit_minor}
        return client.put("/v1/shops/bakery/limit", json=body, headers={"If-Match": "*"})

    assert limit(town.client(), 10_000).json()["credit_minor"] == 10_000
    assert limit(owner, 60_000).json()["credit_minor"] == 60_000
    assert code(limit(town.client(), None)) == (403, "person_needed")
    assert code(limit(owner, None)) == AWAITED
    approve(town, finance)
    assert limit(owner, None).json()["credit_minor"] is None
    assert limit(town.client(), 60_000).json()["credit_minor"] == 60_000
    assert code(limit(owner, None)) == AWAITED
    # Several small steps are one sum.
    assert [code(limit(owner, 60_000 + more)) for more in (50_000, 50_001)] == [(200, None), AWAITED]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (
            "terms",
            {"effective_at": JUNE, "points_per_unit": "100", "funding": "on_redemption", "redeem_fee_bps": 10_000},
        ),
        ("earning", {"effective_at": JUNE, "earn_points_per_unit": "5000", "expiry_months": 12}),
    ],
)
def test_terms_and_earning_rules_take_two_people(
    town: ApiTown, owner: TestClient, finance: TestClient, path: str, body: dict[str, object]
) -> None:
    headers = {"If-Match": owner.get("/v1/alliance").headers["ETag"]}
    assert code(town.client().post(f"/v1/alliance/{path}", json=body, headers=headers)) == (403, "person_needed")
    assert code(owner.post(f"/v1/alliance/{path}", json=body, headers=headers)) == AWAITED
    assert len(owner.get("/v1/alliance").json()[path]) == 1
    approve(town, finance)
    assert owner.post(f"/v1/alliance/{path}", json=body, headers=headers).status_code == 201


def test_an_id_spends_more_by_two_people(town: ApiTown, owner: TestClient, finance: TestClient) -> None:
    def by_id(client: TestClient, minor: int) -> Response:
        headers = {"If-Match": client.get("/v1/alliance").headers["ETag"]}
        return client.put("/v1/alliance/spending", json={"spend_by_id_up_to_minor": minor}, headers=headers)

    assert by_id(town.client(), 0).status_code == 200
    assert code(by_id(town.client(), 1)) == (403, "person_needed")
    assert code(by_id(owner, 1)) == AWAITED
    approve(town, finance)
    assert by_id(owner, 1).json()["spend_by_id_up_to_minor"] == 1


def test_merging_away_many_points_takes_two_people(town: ApiTown, owner: TestClient, finance: TestClient) -> None:
    for number in range(3):
        body = {"shop": "bakery", "member": "ann", "amount_minor": 100_000}
        assert send(town.till(), "/v1/purchases", f"k{number}", **body)["points_earned"] == 5_000
    support = person(town, Role.SUPPORT).log_in()
    assert code(support.post("/v1/members/ann/merge", json={"into": "bob"})) == AWAITED
    assert approve(town, finance)["payload"] == {"member": "ann", "into": "bob", "points": 15_000}
    merged = [support.post("/v1/members/ann/merge", json={"into": "bob"}) for _ in range(2)]
    assert [answer.json()["id"] for answer in merged] == ["bob"] * 2


def test_a_request_that_was_rejected_can_be_made_again(town: ApiTown, owner: TestClient, finance: TestClient) -> None:
    body = {"effective_at": JUNE, "earn_points_per_unit": "50", "expiry_months": 12}
    headers = {"If-Match": owner.get("/v1/alliance").headers["ETag"]}
    asked = []
    for _ in range(2):
        assert code(owner.post("/v1/alliance/earning", json=body, headers=headers)) == AWAITED
        (waiting,) = owner.get("/v1/approvals", params={"status": "pending"}).json()["data"]
        finance.post(f"/v1/approvals/{waiting['id']}/reject", json={"reason": "too much"})
        asked.append(waiting["id"])
    assert len({*asked}) == 2


def test_who_asked_withdraws_a_request_and_nobody_else(town: ApiTown, owner: TestClient, finance: TestClient) -> None:
    def ask() -> str:
        assert code(owner.post("/v1/users", json={"email": "x@example.org", "name": "X", "role": "owner"})) == AWAITED
        (waiting,) = owner.get("/v1/approvals", params={"status": "pending"}).json()["data"]
        return str(waiting["id"])

    first = ask()
    for caller, expected in ((finance, (403, "asker_needed")), (town.client(), (403, "forbidden"))):
        assert code(caller.post(f"/v1/approvals/{first}/withdraw")) == expected
    answer = owner.post(f"/v1/approvals/{first}/withdraw").json()
    assert (answer["status"], answer["decided_by"]) == ("withdrawn", answer["requested_by"])
    assert code(owner.post(f"/v1/approvals/{first}/withdraw")) == (409, "approval_not_open")
    assert code(finance.post(f"/v1/approvals/{first}/approve")) == (409, "approval_not_open")
    assert ask() != first
    (row,) = town.client().get("/v1/audit-log", params={"action": "approval.withdrawn"}).json()["data"]
    assert (row["actor"], row["target"]) == (answer["requested_by"], first)


def with_contact(client: TestClient, member: str, **contacts: str) -> Response:
    """The answer to another contact of a member's."""
    return client.patch(f"/v1/members/{member}", json=contacts, headers={"If-Match": "*"})


def test_another_contact_of_a_rich_member_takes_two_people(
    town: ApiTown, owner: TestClient, finance: TestClient
) -> None:
    rich = town.till().post("/v1/members", json={"email": "rich@example.org"}).json()["id"]
    purchase(town.till(), "rich", member=rich, amount_minor=1_000_000)
    assert code(with_contact(town.client(), rich, email="thief@example.org")) == (403, "person_needed")
    assert code(with_contact(owner, rich, email="thief@example.org")) == AWAITED
    assert owner.get(f"/v1/members/{rich}").json()["email"] == "rich@example.org"
    asked = approve(town, finance)
    assert "thief" not in str(asked)
    # Only what was approved goes through, and a wallet app has made sure itself.
    assert code(with_contact(owner, rich, email="another@example.org")) == AWAITED
    assert with_contact(owner, rich, email="thief@example.org").json()["email"] == "thief@example.org"
    assert with_contact(town.client(Role.APP), rich, email="rich@example.org").status_code == 200


def test_the_contacts_from_before_hear_of_a_change(town: ApiTown, owner: TestClient) -> None:
    ann = town.till().post("/v1/members", json={"email": "a@example.org", "phone": "+4915112345678"}).json()["id"]
    town.messages.sent.clear()
    # An address that nobody has is all that support needs to take an account over; so the old one hears of it.
    assert with_contact(owner, ann, email="new@example.org").status_code == 200
    texts = dict(town.messages.sent)
    assert texts.keys() == {"a@example.org", "+4915112345678"}
    assert "this one no longer belongs to it" in texts["a@example.org"]
    assert "was added or changed" in texts["+4915112345678"]
    assert owner.get(f"/v1/members/{ann}").json()["email"] == "new@example.org"
