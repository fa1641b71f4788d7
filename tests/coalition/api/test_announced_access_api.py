"""All owners hear at once of who may do more than before; the old address hears of a new one."""

from coalition.access.caller import Role
from tests.support.people import by_two_people, person
from tests.support.town_api import ApiTown


def heard(town: ApiTown) -> dict[str, list[str]]:
    """What was announced since this was last asked, by address."""
    announced: dict[str, list[str]] = {}
    for to, message in town.messages.sent:
        subject, _, sentences = message.partition(": ")
        if subject == "Access to Old Town was changed":
            announced.setdefault(to, []).append(sentences.partition(". If ")[0])
    town.messages.sent.clear()
    return announced


def test_owners_hear_of_people_roles_addresses_resets_and_keys(town: ApiTown) -> None:
    ann, bert = (person(town, Role.OWNER, email=f"{name}@example.org") for name in ("ann", "bert"))
    client = ann.log_in()
    carl = client.post("/v1/users", json={"email": "carl@example.org", "name": "C", "role": "support"}).json()["id"]
    owners = [ann.email, bert.email]
    text = "ann@example.org invited carl@example.org in the role support"
    assert heard(town) == {owner: [text] for owner in owners}
    by_two_people(town, lambda owner: owner.patch(f"/v1/users/{carl}", json={"role": "finance"}), client)
    assert heard(town) == {owner: ["ann@example.org gave carl@example.org the role finance"] for owner in owners}
    by_two_people(town, lambda owner: owner.patch(f"/v1/users/{carl}", json={"email": "c@example.org"}), client)
    text = "ann@example.org changed the address of carl@example.org to c@example.org"
    assert heard(town) == {owner: [text] for owner in owners}
    client.post(f"/v1/users/{carl}/invitations")
    text = "ann@example.org reset the log-in of c@example.org and sent a new invitation"
    assert heard(town) == {to: [text] for to in ("c@example.org", *owners)}
    key = client.post("/v1/keys", json={"label": "import", "role": "operator"}).json()["id"]
    text = "ann@example.org made the API key import in the role operator"
    assert heard(town) == {owner: [text] for owner in owners}
    bert.log_in().post(f"/v1/keys/{key}/adopt")
    adopted = "bert@example.org answers for the API key import from now on"
    assert heard(town) == {owner: [adopted] for owner in owners}
    client.post(f"/v1/keys/{key}/rotate", json={})
    assert heard(town) == {owner: [text] for owner in owners}
    # Names and languages are nobody's business, and a shop's tills the shop's.
    client.patch(f"/v1/users/{carl}", json={"name": "Carl", "language": "zh"})
    client.post("/v1/keys", json={"label": "till", "role": "till", "shop": "bakery"})
    assert heard(town) == {}


def test_a_victim_hears_at_the_old_address(town: ApiTown) -> None:
    thief, victim = (person(town, Role.OWNER, email=f"{name}@example.org") for name in ("thief", "victim"))
    new = {"email": "thief2@example.org"}
    by_two_people(town, lambda asker: asker.patch(f"/v1/users/{victim.id}", json=new), thief.log_in())
    assert "victim@example.org" in [to for to, _ in town.messages.sent]


def test_owners_hear_nothing_of_a_shops_people(town: ApiTown) -> None:
    owner, cashier = person(town, Role.OWNER), person(town, Role.CASHIER, "bakery")
    owner.log_in().patch(f"/v1/users/{cashier.id}", json={"email": "new@example.org"})
    assert heard(town) == {}
