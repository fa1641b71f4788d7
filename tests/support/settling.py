"""What tests of settling over HTTP share: a closed week, a payment that was sent, what a problem says."""

from tests.support.town_api import ApiTown

OPENING = "win_20240512T220000Z"
PAID = {"outcome": "paid", "evidence": "receipt 17"}


def sent(town: ApiTown) -> str:
    """The one payment that a run has sent."""
    assert town.client().post("/v1/settlements/run").status_code == 200
    (payment,) = town.client().get("/v1/payments", params={"state": "sent"}).json()["data"]
    return str(payment["id"])


def code(answer: object) -> tuple[int, str]:
    """Status and code of a problem."""
    return answer.status_code, answer.json()["code"]
