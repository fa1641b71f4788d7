"""Each operation that moves value, by each role that may call it, above and below its limits: as the register says.

The operations, the roles and the limits are the application's own; the requests are those of every walk over routes.
"""

from dataclasses import replace

from fastapi.testclient import TestClient
from httpx import Response

from coalition.access.caller import Role
from coalition.access.user_store import add_user, update_user
from coalition.api.access import roles_of
from coalition.approvals.approval import Action
from coalition.approvals.store import set_limit
from tests.coalition.api.test_foreign_tokens import Matrix, api_routes
from tests.support.cases import ITEMS, Case
from tests.support.tokens import bearing
from tests.support.town_api import ApiTown

NOTHING, ENOUGH = 0, 10**15
ELSE = "done, or refused for another reason"
DAY_ONE = "2024-01-01"
TRIED_ELSEWHERE = {
    "importBankStatement": "test_bank_api.py::test_what_a_made_up_statement_says_takes_two_people_above_a_limit",
    "confirmPayment": "test_payments_api.py::test_to_let_one_person_confirm_more_takes_two",
    "writeOffRest": "test_movements_api.py::test_a_rest_is_written_off_by_two_people_and_owed_no_more",
    "buyOutShop": "test_payments_api.py::test_a_leaving_shop_is_bought_out_by_two_people",
    "setPaymentAccount": "test_bank_api.py::test_where_credits_go_is_changed_by_two_people_but_for_the_first_time",
}
"""What needs a story first: an account at a bank, a payment, a shop that leaves."""
NOT_LIMITED = {
    ("updateMember", Role.APP): "has made sure itself whose number it is",
    ("updateMember", Role.MEMBER): "changes a contact by a code that was sent to it",
    ("inviteUser", Role.MANAGER): "makes nobody but people of the own shop, who approve nothing of the alliance's",
    ("updateUser", Role.MANAGER): "the same",
    ("sendUserInvitation", Role.MANAGER): "the same",
}
"""Roles that the register does not bind, and why."""
ALWAYS_TWO = {"createWithdrawal", "setPaymentRules"}
"""Whatever the limit: money out, and rules by which one person could confirm more alone."""


class LimitMatrix(Matrix):
    """Every request of the register under limits of our own."""

    def __init__(self, town: ApiTown) -> None:
        super().__init__(town)
        self.cases |= self._above()

    def _above(self) -> dict[str, Case]:
        """Requests that move value, where those of the other walks don't."""
        with self.town.database.engine.begin() as connection:
            add_user(connection, replace(self.ours.user(Role.FINANCE), id="usr_approver", email="f@x.example"))
            update_user(connection, self.town.alliance.id, "usr_approver", password_hash="x")  # noqa: S106 - nobody's
        operator, anyway = self.town.client(), {"If-Match": "*"}
        for path, nothing in (
            ("/v1/alliance/spending", {"spend_by_id_up_to_minor": 0}),
            ("/v1/shops/bakery/limit", {"credit_minor": 0}),
        ):
            assert operator.put(path, json=nothing, headers=anyway).status_code == 200
        dispute = self.cases["answerDispute"].path
        correction = {"payer": "cafe", "payee": "bakery", "points": 5}
        rows = [{"ref": "c", "email": "c@x.example", "shop": "bakery", "parts": [{"points": 5, "release_on": DAY_ONE}]}]
        rules = self.cases["setPaymentRules"].body
        return {
            "setSpendingRule": Case(body={"spend_by_id_up_to_minor": 1}),
            "setShopLimit": Case({"shop": "bakery"}, {"credit_minor": 1}),
            "updateMember": Case(self.cases["updateMember"].path, {"email": "thief@x.example"}),
            "importMembers": Case(body={"rows": rows}),
            "importMembersCsv": Case(body=f"ref,email,shop,points,release_on\nd,d@x.example,bakery,5,{DAY_ONE}\n"),
            "answerDispute": Case(dispute, {"status": "accepted", "answer": "x", "correction": correction}),
            "addRule": Case(body={**self.cases["addRule"].body, "funders": [{"shop": "operator"}]}),
            "setPaymentRules": Case(body={**rules, "two_people_from_minor": 10**9}),
            "inviteUser": Case(body={"email": "new@x.example", "name": "N", "role": "finance"}),
            "updateUser": Case({"id": "usr_approver"}, {"email": "thief@x.example"}),
            "sendUserInvitation": Case({"id": "usr_approver"}),
        }

    def limit(self, most: int) -> None:
        """Let everybody do so much alone, by each action and each sum."""
        with self.town.database.engine.begin() as connection:
            for name in self.town.app.state.approvals.limits(self.town.alliance.id):
                set_limit(connection, self.town.alliance.id, name, most)
        # What was known of the limits a moment ago is not gone by any more.
        self.town.app.state.approvals.look_up_limits(self.town.alliance.id)

    def answers(self) -> dict[tuple[str, Role], tuple[Action, Response]]:
        """The answer to each operation by each role that may call it."""
        actions = {name: action for action in self.town.app.state.approvals.actions for name in action.operations}
        answers = {}
        for route in api_routes():
            operation = str(route.operation_id)
            if operation not in actions or operation in TRIED_ELSEWHERE:
                continue
            case = self.cases.get(operation, Case())
            (method,) = route.methods
            for role in sorted(roles_of(route.dependant) or ()):
                if (operation, role) in NOT_LIMITED:
                    continue
                client = TestClient(self.town.app, raise_server_exceptions=False)
                headers = {**bearing(self.ours.new(role)), "Idempotency-Key": f"m{next(self.numbers)}", "If-Match": "*"}
                path = route.path.format(**case.path)
                answer = client.request(method, path, json=case.body, params=case.query, headers=headers)
                answers[operation, role] = actions[operation], answer
        return answers


def outcome(operation: str, answer: Response) -> str:
    """What became of a request, as far as limits go."""
    body = answer.json()
    if operation in ITEMS:
        body = body["data"][0]
    if body.get("code") in ("approval_awaited", "person_needed"):
        return str(body["code"])
    waits = body.get("approval") is not None or body.get("status") in ("awaiting_approval", "pending")
    return "approval_awaited" if waits else ELSE


def test_above_its_limit_each_operation_takes_two_people_whoever_calls(town: ApiTown) -> None:
    matrix = LimitMatrix(town)
    matrix.limit(NOTHING)
    wrong = []
    answers = matrix.answers()
    for (operation, role), (action, answer) in answers.items():
        right = "approval_awaited" if role in action.askers else "person_needed"
        if outcome(operation, answer) != right:
            wrong.append(f"{operation} by {role}: {answer.status_code} {answer.text[:300]}, not {right}")
    assert not wrong, "\n".join(wrong)
    assert len(answers) > 50


def test_below_its_limit_no_operation_takes_two_people(town: ApiTown) -> None:
    matrix = LimitMatrix(town)
    matrix.limit(ENOUGH)
    asked = {
        f"{operation} by {role}: {answer.text[:300]}"
        for (operation, role), (_, answer) in matrix.answers().items()
        if outcome(operation, answer) != ELSE and operation not in ALWAYS_TWO
    }
    assert not asked, "\n".join(sorted(asked))
