"""A list of shops as a task: each takes part once, also where somebody pulled the plug in between."""

from coalition.access.caller import Caller, Role
from coalition.merchants.add_shops import SHOPS_MAX, start_adding
from coalition.merchants.change_shop import apply_to_join
from coalition.merchants.list_shops import list_shops, shop_states
from coalition.merchants.shop_profile import ShopProfile
from coalition.merchants.shop_status import ShopStatus
from coalition.tasks.list_tasks import find_own_task
from coalition.tasks.task import TaskState
from tests.support.tasks import do_tasks
from tests.support.town_api import ApiTown


def owner(town: ApiTown) -> Caller:
    return Caller(town.alliance.id, "user:olga", Role.OWNER)


def test_a_shop_that_was_broken_off_on_its_way_in_takes_part_after_all(town: ApiTown) -> None:
    # As a process leaves it that dies between the two writes.
    apply_to_join(town.alliance, owner(town), "uhren", ShopProfile("Uhren Übel"))
    task = start_adding(town.alliance, owner(town), "Uhren Übel\nLeder Gerber\n\nUhren Übel", "k1")
    do_tasks(town)
    ended = find_own_task(town.alliance, owner(town), task.id)
    assert (ended.state, ended.done, ended.total, ended.outcome["added"]) == (TaskState.DONE, 3, 3, 2)
    shops = {shop.profile.name: shop for shop in list_shops(town.alliance)}
    assert (shops["Uhren Übel"].ref, shops["Leder Gerber"].ref) == ("uhren", "leder-gerber")
    with town.session() as session:
        states = shop_states(town.alliance, session)
        in_book = town.alliance.book.config(session).by_ref
    assert {states[ref] for ref in ("uhren", "leder-gerber")} == {ShopStatus.ACTIVE}
    assert states == {shop.ref: shop.status for shop in shops.values()}
    assert in_book["uhren"].may_issue
    assert in_book["leder-gerber"].may_redeem


def test_a_list_that_is_too_long_says_so_of_each_line_beyond(town: ApiTown) -> None:
    names = [*["cafe"] * SHOPS_MAX, "Einer zu viel"]
    task = start_adding(town.alliance, owner(town), "\n".join(names), "k1")
    do_tasks(town)
    ended = find_own_task(town.alliance, owner(town), task.id)
    ((line, why),) = ended.outcome["refused"]
    assert (line, why["en"]) == ("Einer zu viel", f"One list adds at most {SHOPS_MAX} shops.")
    assert str(SHOPS_MAX) in why["zh"]
