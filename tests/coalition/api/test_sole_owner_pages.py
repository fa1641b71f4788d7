"""A request says who could approve it; where nobody could, how to go on, and whoever made it takes it back."""

import shlex

import pytest

from coalition.access.caller import Role
from coalition.access.user_store import find_user_by_email
from tests.pages.page_town import PageTown
from tests.pages.visitor import Visitor
from tests.support.clock import DAY
from tests.support.people import first_owner, person
from tests.support.town_api import ApiTown


def visitor(town: ApiTown, email: str) -> Visitor:
    """Somebody of the staff who looks at pages."""
    pages = PageTown(town, "http://localhost", {})
    return Visitor(pages, pages.staff(email))


@pytest.fixture
def owner(town: ApiTown) -> Visitor:
    """The only owner, who has asked for a second one."""
    owner = visitor(town, first_owner(town).email)
    assert owner.send("/console/team", name="Bea", email="bea@example.org", role="owner") == 409
    owner.open("/console/approvals")
    return owner


def request_of(owner: Visitor) -> str:
    """The id of the only request."""
    (waiting,) = [each for each in owner.page.all("section") if "data-approval" in each.attributes]
    return waiting.attributes["data-approval"]


def test_a_sole_owner_is_told_to_let_the_server_invite_and_takes_the_request_back(
    town: ApiTown, owner: Visitor
) -> None:
    assert "nobody else could approve it" in owner.words
    command = owner.page.all("code")[0].text
    invite = ["coalition", "users", "add", "bea@example.org", "--role", "owner"]
    assert shlex.split(command) == [*invite, "--alliance", town.alliance.book.settings.name]
    assert owner.send(f"/console/approvals/{request_of(owner)}/withdraw") == 200
    assert "Withdrawn. Nothing was carried out." in owner.words
    assert "Nothing waits." in owner.words
    owner.open("/console/approvals?status=all")
    assert [each.text for each in owner.page.all("span", class_="badge")] == ["Withdrawn"]


def test_a_request_names_those_who_can_approve_it_and_from_when(town: ApiTown, owner: Visitor) -> None:
    approval = request_of(owner)
    person(town, Role.FINANCE, email="fina@example.org")
    person(town, Role.SUPPORT, email="sue@example.org")
    owner.open("/console/approvals")
    assert "somebody else decides. Ann can." in owner.words
    fina = visitor(town, "fina@example.org")
    assert fina.send(f"/console/approvals/{approval}/withdraw") == 403
    assert "Only that person can withdraw it" in fina.words
    # What the owner changes of somebody ties the two for as long as the request waits.
    with town.database.engine.connect() as connection:
        user = find_user_by_email(connection, town.alliance.id, "fina@example.org")
    assert user is not None
    form = {"name": "Fina", "email": user.email, "role": "finance", "language": "en"}
    assert owner.send(f"/console/team/{user.id}/change", **form) == 200
    owner.open("/console/approvals")
    assert "nobody else could approve it" in owner.words
    town.clock.forward(DAY)
    owner.send("/console/team", name="Cleo", email="cleo@example.org", role="owner")
    owner.open("/console/approvals")
    assert "Fina can from" in owner.words
