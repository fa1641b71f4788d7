"""A request for each route that names something: what every test that walks all routes needs to know of them."""

from fastapi.testclient import TestClient
from sqlalchemy import insert

from coalition.access.caller import Role
from coalition.access.tables import passkeys
from coalition.events.emit import emit
from coalition.members.event_types import MEMBER_FROZEN
from tests.support.case import ALLIANCE, MEMBERS_OWN, PERSON, SHOPS_OWN, Case
from tests.support.clock import DAY
from tests.support.findings import planted_finding
from tests.support.push_service import Subscriber
from tests.support.report_cases import of_reports, of_tasks
from tests.support.tills import PIN, Device, cashier, new_public_key, till_code
from tests.support.tokens import Tokens, bearing
from tests.support.town_api import ApiTown, purchase, send
from tests.support.wallets import People

ITEMS = ("createBatch", "createOfflineSales")
"""Operations whose answer is 200 with one for each item, in its place."""


def cases(town: ApiTown, tokens: Tokens) -> dict[str, Case]:
    """A case for each route that names something, by its operation."""
    bought = str(purchase(town.till(), "p1", amount_minor=10_000)["id"])
    purchase(town.till("cafe"), "p2", shop="cafe", amount_minor=100, points="all")
    return {
        **of_alliance(),
        **of_windows(town),
        **of_purchases(town, bought),
        **of_access(town, tokens),
        **of_tills(town),
        **of_members(town),
        **of_notices(town),
        **of_findings(town, bought),
        **of_rules(town),
        **of_tasks(town),
        **of_reports(town),
        # Events last: to read them brings the feed up to what was booked before.
        **of_payments(town),
        **of_events(town),
    }


def of_alliance() -> dict[str, Case]:
    """Cases of routes that name what all of an alliance is under, and its shops."""
    shops = (ALLIANCE, SHOPS_OWN)
    later = "2030-01-01T00:00:00Z"
    return {
        "createTerms": Case(body={"effective_at": later, "points_per_unit": "100", "funding": "on_redemption"}),
        "createAllianceSettings": Case(body={"effective_at": later, "settlement": "daily"}),
        "createEarningRules": Case(body={"effective_at": later, "earn_points_per_unit": "1", "expiry_months": 1}),
        "advanceClock": Case(body={"forward_seconds": 60}),
        "confirmClock": Case(),
        "createShop": Case(body={"ref": "florist", "name": "Florist"}),
        "getShop": Case({"shop": "bakery"}, of=(ALLIANCE,)),
        "updateShop": Case({"shop": "bakery"}, {"name": "X"}, of=shops),
        "getPublicShop": Case({"shop": "bakery"}),
        "createLegalText": Case(body={"kind": "imprint", "text": {"en": "Old Town", "zh": "老城"}}),
        "getPublicImage": Case({"digest": "0" * 64}),
        "getLinkedGift": Case({"code": "0" * 64}),
        "setShopImage": Case({"shop": "bakery", "kind": "logo"}, "no picture", of=shops),
        "removeShopImage": Case({"shop": "bakery", "kind": "logo"}, of=shops),
        "getJoinSheet": Case({"kind": "poster"}),
        "getShopJoinSheet": Case({"shop": "bakery", "kind": "poster"}, of=shops),
        "getPaymentSlips": Case(query={"shop": "bakery"}, of=shops),
        "getShopRisk": Case({"shop": "bakery"}, of=shops),
        "setShopLimit": Case({"shop": "bakery"}, {"credit_minor": 0}, of=shops),
        "setSpendingRule": Case(body={"spend_by_id_up_to_minor": 5}),
        "runLabScenario": Case(body={"model": "appreciation"}),
        "createLabReport": Case(body={"model": "appreciation"}),
        "growLabScheme": Case(body={"model": "appreciation", "growth": {"members": "10", "runs": "2"}}),
    }


def of_windows(town: ApiTown) -> dict[str, Case]:
    """Cases of routes that name a window, which is closed for them, and what a shop objects to in it."""
    window = town.client().get("/v1/windows").json()["data"][0]["id"]
    town.clock.forward(7 * DAY)
    assert town.client().post(f"/v1/windows/{window}/close").status_code == 200
    complaint = {"shop": "bakery", "window": window, "statement": "x"}
    dispute = town.till().post("/v1/disputes", json=complaint).json()["id"]
    shops = (ALLIANCE, SHOPS_OWN)
    return {
        # Every alliance has a window of this name.
        "getWindow": Case({"window": window}),
        "closeWindow": Case({"window": window}),
        "getWindowPlan": Case({"window": window}),
        "getStatement": Case({"window": window, "shop": "bakery"}, of=shops),
        "createDispute": Case(body=complaint, of=shops),
        "getDispute": Case({"dispute": dispute}, of=shops),
        "answerDispute": Case({"dispute": dispute}, {"status": "rejected", "answer": "x"}, of=shops),
        "withdrawDispute": Case({"dispute": dispute}, of=shops),
    }


def of_purchases(town: ApiTown, bought: str) -> dict[str, Case]:
    """Cases of routes that name purchases, refunds and holds."""
    hold = str(send(town.till(), "/v1/holds", "h1", shop="bakery", member="ann", points=10)["id"])
    sale = {"shop": "bakery", "member": "ann", "amount_minor": 100}
    asked = {"shop": "bakery", "member": "ann", "amount_minor": 300}
    refund = str(send(town.till(), "/v1/refunds", "r1", purchase=bought, amount_minor=100)["id"])
    confirmation = town.till().post("/v1/confirmations", json=asked).json()["id"]
    shops = (ALLIANCE, SHOPS_OWN)
    return {
        "createPurchase": Case(body=sale, of=shops),
        "quotePurchase": Case(body=sale, of=shops),
        "getPurchase": Case({"purchase": bought}, of=shops),
        # A key is the caller's own: nobody can name another's.
        "voidPurchase": Case(body={"idempotency_key": "v1"}),
        "voidHold": Case(body={"idempotency_key": "v2"}),
        "createRefund": Case(body={"purchase": bought}, of=shops),
        "getRefund": Case({"refund": refund}, of=shops),
        "createHold": Case(body={"shop": "bakery", "member": "ann", "points": 5}, of=shops),
        "captureHold": Case({"hold": hold}, {"points": 5}, of=shops),
        "releaseHold": Case({"hold": hold}, of=shops),
        "refundHold": Case({"hold": hold}, {"points": 5}, of=shops),
        "getHold": Case({"hold": hold}, of=shops),
        "createConfirmation": Case(body=asked, of=shops),
        "getConfirmation": Case({"confirmation": confirmation}, of=shops),
        "createBatch": Case(body={"purchases": [{**sale, "idempotency_key": "b1"}]}, of=shops),
    }


def of_access(town: ApiTown, tokens: Tokens) -> dict[str, Case]:
    """Cases of routes that name sessions, people, keys, and what two people do."""
    owner = bearing(tokens.new(Role.OWNER))
    client = TestClient(town.app)
    session = client.get("/v1/sessions", headers=owner).json()[0]["id"]
    subject = client.get("/v1/session", headers=owner).json()["id"]
    plant_passkey(town, "cGFzc2tleQ", subject)
    key = town.client().post("/v1/keys", json={"label": "x", "role": "till", "shop": "bakery"}).json()["id"]
    user = tokens.user(Role.CASHIER).id
    plant_passkey(town, "dXNlcmtleQ", f"user:{user}")
    many = {"shop": "bakery", "member": "ann", "points": 10**6, "reason": "x"}
    few = {**many, "points": 5, "member": "ann"}
    adjusted = send(town.client(), "/v1/adjustments", "a0", **few)["id"]
    client.headers.update(owner)
    approval = send(client, "/v1/adjustments", "a1", **many)["approval"]
    shops = (ALLIANCE, SHOPS_OWN)
    return {
        "getAdjustment": Case({"id": adjusted}, of=(ALLIANCE, MEMBERS_OWN)),
        "createAdjustment": Case(body={**many, "points": 5}, of=shops),
        "getApproval": Case({"id": approval}, of=(ALLIANCE,)),
        "approveRequest": Case({"id": approval}, of=(ALLIANCE,)),
        "rejectRequest": Case({"id": approval}, {"reason": "x"}, of=(ALLIANCE,)),
        "withdrawRequest": Case({"id": approval}, of=(ALLIANCE,)),
        "getApprovalLimit": Case({"action": "adjust_points"}),
        "setApprovalLimit": Case({"action": "adjust_points"}, {"alone_max": 5}),
        "endSession": Case({"id": session}, of=(ALLIANCE, PERSON)),
        "changePassword": Case(body={"old_password": "x", "new_password": "y"}),
        "addPasskey": Case(body={"challenge": f"chl_{'0' * 26}", "credential": {}, "name": "x"}),
        "removePasskey": Case({"id": "cGFzc2tleQ"}, of=(ALLIANCE, PERSON)),
        "proveSession": Case(body={"password": "x"}),
        "listUserPasskeys": Case({"id": user}, of=shops),
        "removeUserPasskey": Case({"id": user, "passkey": "dXNlcmtleQ"}, of=shops),
        "inviteUser": Case(body={"email": "new@x.example", "name": "N", "role": "cashier", "shop": "bakery"}, of=shops),
        "getUser": Case({"id": user}, of=shops),
        "updateUser": Case({"id": user}, {"name": "X"}, of=shops),
        "sendUserInvitation": Case({"id": user}, of=shops),
        "createKey": Case(body={"label": "x", "role": "till", "shop": "bakery"}, of=shops),
        "revokeKey": Case({"id": key}, of=shops),
        "rotateKey": Case({"id": key}, {}, of=shops),
        "adoptKey": Case({"id": town.key().split("_")[2]}, of=(ALLIANCE,)),
    }


def plant_passkey(town: ApiTown, id_: str, subject: str) -> None:
    """A passkey that is in the table and opens nothing."""
    row = {"alliance_id": town.alliance.id, "id": id_, "subject": subject, "name": "x", "created_at": 0}
    with town.database.engine.begin() as connection:
        connection.execute(insert(passkeys).values(**row, public_key=b"x", sign_count=0))


def of_tills(town: ApiTown) -> dict[str, Case]:
    """Cases of routes that name a till, a cashier or a shift of the bakery's."""
    device = Device(town)
    device.connect(till_code(town, "bakery"))
    device.begin()
    karla = cashier(town, "bakery", "Karla")
    shift = device.sign_in(karla).json()["id"]
    shop, shops = {"shop": "bakery"}, (ALLIANCE, SHOPS_OWN)
    session = {"till": device.id, "challenge": device.challenge().json()["challenge"], "signature": "AAAA"}
    return {
        "createTillCode": Case(shop, of=shops),
        "listTills": Case(shop, of=shops),
        "updateTill": Case({"till": device.id}, {"name": "X"}, of=shops),
        "revokeTill": Case({"till": device.id}, of=shops),
        "connectTill": Case(body={"code": "ZZZZZZZZ", "name": "X", "public_key": new_public_key()}),
        "createTillChallenge": Case(body={"till": device.id}),
        "createTillSession": Case(body=session),
        "createCashier": Case(shop, {"name": "X", "pin": PIN}, of=shops),
        "listCashiers": Case(shop, of=shops),
        "updateCashier": Case({"cashier": karla}, {"name": "X"}, of=shops),
        "endCashier": Case({"cashier": karla}, of=shops),
        "beginShift": Case(body={"cashier": karla, "pin": PIN}, of=shops),
        "endShift": Case({"shift": shift}, of=shops),
        "createOfflineSales": Case(body={"sales": [device.offline(shift, "o1", town.clock())]}, of=shops),
        "setTillSettings": Case(body={"offline_sales_per_day": 5, "offline_hours": 5, "offline_loss": "member"}),
        "getDaySheet": Case({**shop, "day": "2026-06-01"}, of=shops),
        "getDayMail": Case(shop, of=shops),
        "setDayMail": Case(shop, {"wanted": True}, of=shops),
        "getTillLines": Case(shop, of=shops),
        "setTillLines": Case(shop, {"wanted": True}, of=shops),
    }


def of_members(town: ApiTown) -> dict[str, Case]:
    """Cases of routes that name members, their wallets and what they do together."""
    people = People(town)
    ann, ben, carl = (people.enrol(email=f"{name}@example.com") for name in ("ann", "ben", "carl"))
    people.buy(ann)
    gift = people.give(ann, 5, to=ben).json()["id"]
    household = people.share(ann, carl)
    invited = {"invited_by": ann, "member": ben}
    invitation = people.app.post(f"/v1/households/{household}/invitations", json=invited).json()["id"]
    people.buy(pay_code=people.code(ann), amount_minor=20_000, points=10)
    question = people.app.get(f"/v1/members/{ann}/confirmations").json()["data"][0]["id"]
    part = {"points": 5, "release_on": "2030-01-01"}
    rows = [{"ref": "card-1", "email": "dora@example.com", "shop": "bakery", "parts": [part]}]
    assert people.operator.post("/v1/member-imports", json={"rows": rows}).status_code == 200
    phone = people.phone(ann).id
    browser = Subscriber("https://push.example/ann", "").subscription
    subscription = people.app.post(f"/v1/members/{ann}/push-subscriptions", json=browser).json()["id"]
    to_scan = town.till().post("/v1/confirmations", json={"shop": "bakery", "amount_minor": 5}).json()["code"]
    member, both = {"member": ann}, (ALLIANCE, MEMBERS_OWN)
    asked = {"member": ann, "confirmation": question}
    answered = {"member": ben, "invitation": invitation}
    return {
        "enrolMember": Case(body={"email": "new@example.com"}),
        "searchMembers": Case(body={"email": "ann@example.com"}),
        "getMember": Case(member, of=both),
        "updateMember": Case(member, {"name": "X"}, of=both),
        "freezeMember": Case(member, of=(ALLIANCE,)),
        "unfreezeMember": Case(member, of=(ALLIANCE,)),
        "mergeMember": Case(member, {"into": ben}, of=(ALLIANCE,)),
        "eraseMember": Case(member, of=both),
        "exportMember": Case(member, of=both),
        "sendContactCode": Case(member, {"contact": "new@example.com"}, of=both),
        "changeContact": Case(member, {"contact": "new@example.com", "code": "123456"}, of=both),
        "createMemberCards": Case(body={"members": [ann]}, of=(ALLIANCE,)),
        "importMembers": Case(body={"rows": [{"ref": "card-2", "email": "emil@example.com"}]}),
        "importMembersCsv": Case(body="ref,email"),
        "getMemberImport": Case({"ref": "card-1"}, of=(ALLIANCE,)),
        "setMemberSettings": Case(
            body={"region": "DE", "confirm_above_minor": None, "gift_days": 5, "expiry_notice_days": 7}
        ),
        "getWallet": Case(member, of=both),
        "getWalletHistory": Case(member, of=both),
        "setSpendLock": Case(member, {"locked": True}, of=both),
        "createGift": Case(body={"member": ann, "to": ben, "points": 1}, of=both),
        "getGift": Case({"gift": gift}, of=both),
        "listGifts": Case(query=member, of=both),
        "takeBackGift": Case({"gift": gift}, of=both),
        "takeGift": Case({"code": "0" * 64}, {"member": ann}, of=both),
        "createHousehold": Case(body={"member": ben}, of=both),
        "getHousehold": Case({"household": household}, of=both),
        "listHouseholdInvitations": Case({"household": household}, of=both),
        "withdrawHouseholdInvitation": Case({"household": household, "invitation": invitation}, of=both),
        "inviteToHousehold": Case({"household": household}, invited, of=both),
        "listInvitations": Case({"member": ben}, of=both),
        "acceptHouseholdInvitation": Case(answered, of=both),
        "declineHouseholdInvitation": Case(answered, of=both),
        "leaveHousehold": Case({"household": household, "member": ann}, of=both),
        "createShortCode": Case(member, of=both),
        "createPayDevice": Case(member, {"name": "x"}, of=both),
        "listPayDevices": Case(member, of=both),
        "endPayDevice": Case({"member": ann, "device": phone}, of=both),
        "createPushSubscription": Case(member, Subscriber("https://push.example/new", "").subscription, of=both),
        "listPushSubscriptions": Case(member, of=both),
        "endPushSubscription": Case({"member": ann, "subscription": subscription}, of=both),
        "openConfirmation": Case(member, {"code": to_scan}, of=both),
        "listConfirmations": Case(member, of=both),
        "confirmAmount": Case(asked, of=both),
        "declineAmount": Case(asked, of=both),
    }


def of_notices(town: ApiTown) -> dict[str, Case]:
    """Cases of routes that name notices to members."""
    posted = {"title": {"en": "Closed", "zh": "休息"}, "text": {"en": "On Monday.", "zh": "周一。"}}
    notice = {"notice": town.client().post("/v1/notices", json=posted).json()["id"]}
    return {
        "createNotice": Case(body=posted),
        "getNotice": Case(notice, of=(ALLIANCE,)),
        "withdrawNotice": Case(notice, of=(ALLIANCE,)),
    }


def of_findings(town: ApiTown, bought: str) -> dict[str, Case]:
    """Cases of routes that name findings about the bakery's sales."""
    ids = planted_finding(town, bought, "to decide"), planted_finding(town, bought, "to hold")
    to_decide, to_hold = ({"finding": id_} for id_ in ids)
    shops = (ALLIANCE, SHOPS_OWN)
    settings = town.client().get("/v1/settings/findings").json()
    return {
        "getFinding": Case(to_decide, of=shops),
        "decideFinding": Case(to_decide, {"status": "dismissed", "reason": "x"}, of=shops),
        "holdFindingPoints": Case(to_hold, of=shops),
        "setFindingSettings": Case(body={**settings, "hold_days": 5}),
    }


def of_rules(town: ApiTown) -> dict[str, Case]:
    """Cases of routes that name bonus rules, and limits of spending."""
    rule = {
        "rule": "double",
        "effect": {"kind": "multiplier", "factor": "2"},
        "funders": [{"shop": "bakery"}],
        "budget": 5,
    }
    assert town.client().post("/v1/rules", json=rule).status_code == 201
    # So wide that it limits none of the sales that other cases make.
    limit = {"rule": "wide", "effect": {"kind": "greatest_share", "percent": "99.99"}, "shops": ["butcher"]}
    assert town.client().post("/v1/spend-limits", json=limit).status_code == 201
    tried = town.client().post("/v1/rules/what-if", json={**rule, "since": "2024-01-01"}).json()
    of_rule = {
        "addRule": Case(body={**rule, "rule": "triple"}),
        "endRule": Case({"rule": "double"}, of=(ALLIANCE,)),
        "tryRule": Case(body={**rule, "since": "2024-01-01"}),
        "getRuleTrial": Case({"trial": tried["id"]}, of=(ALLIANCE,)),
    }
    return {**of_rule, "addSpendLimit": Case(body=limit), "endSpendLimit": Case({"rule": "wide"}, of=(ALLIANCE,))}


def of_events(town: ApiTown) -> dict[str, Case]:
    """Cases of routes that name events and webhook endpoints."""
    with town.database.engine.begin() as connection:
        emit(connection, town.alliance.id, MEMBER_FROZEN, town.clock(), {"member": "ann"}, shop="bakery", member="ann")
    event = town.client().get("/v1/events", params={"type": "member.frozen"}).json()["data"][0]["id"]
    hook = {"url": "https://hooks.example.com/in", "shop": "bakery"}
    endpoint = {"id": town.client().post("/v1/webhook_endpoints", json=hook).json()["id"]}
    shops = (ALLIANCE, SHOPS_OWN)
    return {
        "getEvent": Case({"id": event}, of=(ALLIANCE, SHOPS_OWN, MEMBERS_OWN)),
        "createWebhookEndpoint": Case(body=hook, of=shops),
        "getWebhookEndpoint": Case(endpoint, of=shops),
        "updateWebhookEndpoint": Case(endpoint, {"description": "x"}, of=shops),
        "rotateWebhookSecret": Case(endpoint, {}, of=shops),
        "deleteWebhookEndpoint": Case(endpoint, of=shops),
        "listWebhookDeliveries": Case(endpoint, of=shops),
        "replayWebhooks": Case(endpoint, {"since": "2020-01-01T00:00:00Z", "until": "2030-01-01T00:00:00Z"}, of=shops),
    }


def of_payments(town: ApiTown) -> dict[str, Case]:
    """A case for each route of payments, deposits and the bakery's accounts at rails."""
    deposit = {"shop": "bakery", "amount_minor": 100, "received": "x"}
    paid = send(town.client(), "/v1/deposits", "dep1", **deposit)["payment"]["id"]
    page = {"done_url": "https://x.example/", "back_url": "https://x.example/"}
    rules = town.client().get("/v1/payment-rules").json()
    del rules["approval"]
    shops = (ALLIANCE, SHOPS_OWN)
    return {
        "getPayment": Case({"payment": paid}, of=shops),
        "confirmPayment": Case({"payment": paid}, {"outcome": "returned", "evidence": "x"}, of=shops),
        # Treasurers alone move deposits, and of their own alliance's shops alone.
        "createDeposit": Case(body=deposit, of=(ALLIANCE,)),
        "createWithdrawal": Case(body={"shop": "bakery", "amount_minor": 100}, of=(ALLIANCE,)),
        "matchLine": Case(body={"rail": "by_hand", "line": "x", "payment": paid}, of=(ALLIANCE,)),
        "carryCash": Case(body={"from_rail": "by_hand", "to_rail": "bank", "amount_minor": 1, "why": "x"}),
        "writeOffRest": Case({"payment": paid}, {"why": "x"}, of=(ALLIANCE,)),
        "setPaymentRules": Case(body={**rules, "grace_days": 11}),
        "getPaymentAccount": Case({"shop": "bakery"}, of=shops),
        "setPaymentAccount": Case({"shop": "bakery"}, {"rail": None}, of=shops),
        "cancelPayment": Case({"payment": paid}, {"why": "x"}, of=(ALLIANCE,)),
        "buyOutShop": Case({"shop": "bakery"}, {}, of=(ALLIANCE,)),
        # Without an account at a bank there is nothing behind these.
        "exportBankFile": Case({"file": "1"}, of=(ALLIANCE,)),
        "importBankStatement": Case(body={"name": "s.xml", "content": "PHgvPg=="}, of=(ALLIANCE,)),
        "matchBankLine": Case({"line": "L1"}, {"payments": [], "note": "x"}, of=(ALLIANCE,)),
        "giveUpPayment": Case(body={"payment": "x", "why": "y"}, of=(ALLIANCE,)),
        "createStripeOnboarding": Case({"shop": "bakery"}, {**page, "country": "DE"}, of=shops),
        "createStripeMandate": Case({"shop": "bakery"}, page, of=shops),
        "createStripeTopUp": Case({"shop": "bakery"}, {**page, "amount_minor": 100}, of=shops),
    }
