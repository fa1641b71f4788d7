"""Who buys is looked up together with everybody else who buys at that moment, and each gets their own answer."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from coalition.members.errors import MemberUnknown
from coalition.members.member_cache import CachedMember, member_cache
from coalition.members.member_loader import MemberLoader, member_loader
from settlement import DatabaseUnusable
from settlement.ledger import Database
from tests.support.town_api import ApiTown

MANY = 100


@contextmanager
def queries(database: Database) -> Iterator[list[str]]:
    """The statements that the database gets meanwhile."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(database.engine, "before_cursor_execute", note)


def enrolled(town: ApiTown, count: int) -> list[str]:
    operator = town.client()
    answers = [operator.post("/v1/members", json={"email": f"m{number}@example.com"}) for number in range(count)]
    return [str(answer.json()["id"]) for answer in answers]


def ask(loader: MemberLoader, members: Sequence[str]) -> list[CachedMember | BaseException]:
    async def everybody() -> list[CachedMember | BaseException]:
        return await asyncio.gather(*map(loader.ask, members), return_exceptions=True)

    return asyncio.run(everybody())


def test_many_who_buy_at_once_share_few_queries(town: ApiTown) -> None:
    members = enrolled(town, MANY)
    alliance = town.alliance
    member_cache(alliance).refresh()
    with queries(town.database) as seen:
        answers = ask(member_loader(alliance), members)
    assert [answer.id for answer in answers if isinstance(answer, CachedMember)] == members
    # The first asks at once, alone; all others come while it does.
    assert len([statement for statement in seen if "merged_into" in statement]) <= MANY // 10


def test_an_unknown_member_fails_alone(town: ApiTown) -> None:
    members = enrolled(town, 2)
    loader = member_loader(town.alliance)
    first, unknown, second = ask(loader, [members[0], "mem_nobody", members[1]])
    assert isinstance(unknown, MemberUnknown)
    assert [answer.id for answer in (first, second) if isinstance(answer, CachedMember)] == members


def test_each_event_loop_gets_its_answers(town: ApiTown) -> None:
    (member,) = enrolled(town, 1)
    loader = member_loader(town.alliance)
    for _ in range(3):
        (loaded,) = ask(loader, [member])
        assert isinstance(loaded, CachedMember)
        assert loaded.id == member


def test_where_the_database_cannot_be_asked_everybody_hears_of_it(town: ApiTown) -> None:
    members = enrolled(town, 3)
    alliance = town.alliance
    with town.database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE members RENAME TO members_away")
    try:
        answers = ask(member_loader(alliance), [*members])
        assert all(isinstance(answer, DatabaseUnusable) for answer in answers)
    finally:
        with town.database.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE members_away RENAME TO members")
    assert all(isinstance(answer, CachedMember) for answer in ask(member_loader(alliance), members))


@pytest.mark.parametrize("known", [True, False])
def test_whoever_was_merged_is_found_under_the_one_they_became(town: ApiTown, *, known: bool) -> None:
    old, new = enrolled(town, 2)
    loader = member_loader(town.alliance)
    if known:
        ask(loader, [old, new])
    assert town.client().post(f"/v1/members/{old}/merge", json={"into": new}).status_code == 200
    (loaded,) = ask(loader, [old])
    assert isinstance(loaded, CachedMember)
    assert loaded.id == new
