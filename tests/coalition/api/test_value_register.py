"""Every route that writes is in the register of what creates or moves value, or it is said why it can't."""

from collections.abc import Mapping

from coalition.access.caller import SHOP_STAFF, STAFF
from coalition.api.access import roles_of
from coalition.api.routing import routers
from coalition.approvals.approval import Action
from tests.support.cases import ITEMS
from tests.support.town_api import ApiTown

READS = frozenset({"GET", "HEAD"})
NOTHING = "writes no points and no money"
OWN = "moves a member's own points, and only their wallet may ask for it"
BACK = "gives back at most what the sale or hold moved, to those who had it"
PERSON = "changes a person and no balance"
ACCESS = "changes who may log in or call; what they may do is limited by itself"
FROM_A_BANK = "records money that a bank or Stripe shows; reconciliation compares it with their balance"
PLANNED = "computes from the book what is owed already"
NO_VALUE: Mapping[str, str] = {
    "advanceClock": "moves the clock of a sandbox, where nothing is worth anything",
    "confirmClock": "lets sweeps and closes go on, which do what the book owes",
    "tryRule": NOTHING,
    "createNotice": NOTHING,
    "withdrawNotice": NOTHING,
    "createLegalText": NOTHING,
    "setShopImage": NOTHING,
    "removeShopImage": NOTHING,
    "sendJoinCode": ACCESS,
    "joinAlliance": PERSON,
    "sendContactCode": ACCESS,
    "changeContact": ACCESS,
    "createMemberCards": NOTHING,
    "createShop": "adds a shop that has applied; it issues nothing until it is active",
    "updateShop": "changes profile and state; what a shop may issue is its limit's business",
    "quotePurchase": NOTHING,
    "createRefund": BACK,
    "refundHold": BACK,
    "captureHold": "spends at most the points of the hold, which was in the register",
    "releaseHold": BACK,
    "voidPurchase": BACK,
    "voidHold": BACK,
    "enrolMember": PERSON,
    "searchMembers": NOTHING,
    "freezeMember": PERSON,
    "unfreezeMember": PERSON,
    "eraseMember": "forgets a person; the points stay under their id and expire",
    "setMemberSettings": NOTHING,
    "setTillSettings": NOTHING,
    "decideFinding": BACK,
    "holdFindingPoints": "locks points of a member for some days, and takes none away",
    "setSpendLock": "locks or unlocks a member's own spending",
    "createGift": OWN,
    "takeGift": OWN,
    "takeBackGift": BACK,
    "createHousehold": OWN,
    "inviteToHousehold": OWN,
    "withdrawHouseholdInvitation": OWN,
    "acceptHouseholdInvitation": OWN,
    "declineHouseholdInvitation": OWN,
    "leaveHousehold": PERSON,
    "createShortCode": OWN,
    "createPayDevice": OWN,
    "endPayDevice": OWN,
    "createPushSubscription": PERSON,
    "endPushSubscription": PERSON,
    "openConfirmation": NOTHING,
    "createConfirmation": "asks a member for their yes",
    "confirmAmount": OWN,
    "declineAmount": OWN,
    "closeWindow": PLANNED,
    "runSettlement": PLANNED,
    "planDirectPayments": PLANNED,
    "reconcileRails": FROM_A_BANK,
    "matchLine": FROM_A_BANK,
    "cancelPayment": "opens an amount again that was not sent",
    "exportBankFile": "writes a file of payments that are planned; the bank has its own signatures",
    "matchBankLine": FROM_A_BANK,
    "giveUpPayment": "opens an amount again that the bank never booked",
    "createStripeOnboarding": "opens a page at Stripe",
    "createStripeMandate": "opens a page at Stripe",
    "createStripeTopUp": "opens a page at Stripe, where real money is paid in",
    "receiveStripeWebhook": FROM_A_BANK,
    "createDispute": "objects to a statement; answering it is in the register",
    "withdrawDispute": NOTHING,
    "approveRequest": "is the second person of what is in the register",
    "rejectRequest": NOTHING,
    "withdrawRequest": NOTHING,
    "logIn": ACCESS,
    "endSessions": ACCESS,
    "endSession": ACCESS,
    "logOut": ACCESS,
    "changePassword": ACCESS,
    "lookUpUserInvitation": ACCESS,
    "acceptUserInvitation": ACCESS,
    "sendMemberCode": ACCESS,
    "logInMember": ACCESS,
    "startAddingPasskey": ACCESS,
    "addPasskey": ACCESS,
    "removePasskey": ACCESS,
    "proveSession": ACCESS,
    "removeUserPasskey": ACCESS,
    "startPasskeyLogIn": ACCESS,
    "logInWithPasskey": ACCESS,
    "createKey": ACCESS,
    "adoptKey": ACCESS,
    "revokeKey": ACCESS,
    "rotateKey": ACCESS,
    "createTillCode": ACCESS,
    "connectTill": ACCESS,
    "updateTill": "lets a till book on for a day; what its shop sells by key has sums of its own",
    "revokeTill": ACCESS,
    "createTillChallenge": NOTHING,
    "createTillSession": ACCESS,
    "createCashier": ACCESS,
    "updateCashier": ACCESS,
    "endCashier": ACCESS,
    "beginShift": ACCESS,
    "endShift": ACCESS,
    "setDayMail": NOTHING,
    "setTillLines": NOTHING,
    "addSpendLimit": NOTHING,
    "endSpendLimit": NOTHING,
    "createWebhookEndpoint": NOTHING,
    "updateWebhookEndpoint": NOTHING,
    "rotateWebhookSecret": NOTHING,
    "deleteWebhookEndpoint": NOTHING,
    "replayWebhooks": NOTHING,
    "endRule": "puts back what was set aside and not issued",
    "runLabScenario": "simulates an alliance that does not exist",
    "createLabReport": "the same",
    "growLabScheme": "the same",
}


def registered(town: ApiTown) -> dict[str, Action]:
    """The actions of the register, by the operations that come to them."""
    actions = town.app.state.approvals.actions
    return {operation: action for action in actions for operation in action.operations}


def written() -> set[str]:
    """The operations that write. A page's form comes to what an operation comes to, and is none itself."""
    routes = [route for router in routers() if router.include_in_schema for route in router.routes]
    return {route.operation_id for route in routes if not route.methods <= READS}  # type: ignore[attr-defined]


def test_every_route_that_writes_is_in_the_register_or_says_why_not(town: ApiTown) -> None:
    moves = registered(town).keys()
    assert written() - moves - NO_VALUE.keys() == set(), "add it to a noun's actions.py, or say why it moves no value"
    assert (moves | NO_VALUE.keys()) - written() == set(), "no such route"
    assert moves & NO_VALUE.keys() == set()


def test_each_operation_of_the_register_has_an_action_a_limit_and_approvers(town: ApiTown) -> None:
    limits = town.app.state.approvals.limits(town.alliance.id)
    people = STAFF | SHOP_STAFF
    for operation, action in registered(town).items():
        assert action.deciders, operation
        assert (action.deciders | action.askers) <= people, operation
        assert all(limit.name in limits for limit in action.counts_to.limits), operation
        assert action.name in limits or action.name == "set_approval_limit", operation


def test_some_of_its_callers_are_people_who_can_ask(town: ApiTown) -> None:
    roles = {
        route.operation_id: roles_of(route.dependant) or frozenset()  # type: ignore[attr-defined]
        for router in routers()
        for route in router.routes
    }
    for operation, action in registered(town).items():
        assert roles[operation] & action.askers or operation in ITEMS, operation
