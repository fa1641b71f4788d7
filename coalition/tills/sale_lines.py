"""Whether a shop's tills ask for the lines of a sale. Most shops type one amount."""

from sqlalchemy import Connection, delete, exists, select, text

from coalition.access.caller import Caller
from coalition.access.log import record
from coalition.alliance import Alliance
from coalition.tills.tables import till_lines

_ADD = text("INSERT INTO till_lines (alliance_id, shop) VALUES (:alliance_id, :shop) ON CONFLICT DO NOTHING")


def asks_for_lines(connection: Connection, alliance_id: int, shop: str) -> bool:
    """Whether they do."""
    mine = till_lines.c.alliance_id == alliance_id, till_lines.c.shop == shop
    return bool(connection.execute(select(exists().where(*mine))).scalar_one())


def set_lines(alliance: Alliance, caller: Caller, shop: str, *, wanted: bool) -> None:
    """Let them ask, or stop it: each till does so from when it next reads what it needs to know."""
    mine = till_lines.c.alliance_id == alliance.id, till_lines.c.shop == shop
    with alliance.database.engine.begin() as connection:
        if wanted:
            changed = connection.execute(_ADD, {"alliance_id": alliance.id, "shop": shop}).rowcount
        else:
            changed = connection.execute(delete(till_lines).where(*mine)).rowcount
        if changed:
            record(connection, caller, "till_lines.set", shop, {"wanted": wanted})
