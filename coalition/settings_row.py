"""The one row in which an alliance's settings of a kind stand, with a version that each change counts up."""

from sqlalchemy import Connection, Table, text, update


def replace_settings(
    connection: Connection, table: Table, alliance_id: int, version: int, values: dict[str, object]
) -> int | None:
    """Replace the settings of a version, which is 0 where the alliance has no row yet.

    Returns the version that they have now; None where `version` is not the newest any more, and nothing is changed.
    """
    row = {**values, "version": version + 1}
    if version == 0:
        names = ("alliance_id", *row)
        done = connection.execute(
            text(
                f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join(f':{name}' for name in names)}) "
                "ON CONFLICT DO NOTHING"
            ),
            {"alliance_id": alliance_id, **row},
        )
    else:
        done = connection.execute(
            update(table).where(table.c.alliance_id == alliance_id, table.c.version == version).values(**row)
        )
    return version + 1 if done.rowcount == 1 else None
