"""Find members by what they are called."""

from sqlalchemy import Connection, func, or_, select

from coalition.members.member import MemberRecord, MemberState
from coalition.members.store import find_member
from coalition.members.tables import members


def members_by_name(connection: Connection, alliance_id: int, words: str, most: int) -> list[MemberRecord]:
    """Members in whose name these words stand, however they are spaced and in small letters or capitals; the newest
    first, at most so many.
    """
    joined = "".join(words.split())
    name = func.replace(members.c.name, " ", "")
    # SQLite knows capitals of English alone, so the others are asked for as people write them.
    spelled = {joined, joined.lower(), joined.upper(), "".join(map(str.capitalize, words.split()))}
    like = [column.contains(text, autoescape=True) for column in (name, func.lower(name)) for text in sorted(spelled)]
    wanted = [MemberState.ACTIVE.value, MemberState.FROZEN.value]
    query = select(members.c.id).where(
        members.c.alliance_id == alliance_id, members.c.state.in_(wanted), members.c.name.is_not(None), or_(*like)
    )
    ids = connection.execute(query.order_by(members.c.created_at.desc(), members.c.id.desc()).limit(most)).scalars()
    return [member for id_ in ids.all() if (member := find_member(connection, alliance_id, id_)) is not None]
