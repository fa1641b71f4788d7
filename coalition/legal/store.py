"""Legal texts in the database."""

from sqlalchemy import Connection, RowMapping, and_, insert, or_, select

from coalition.legal.legal_text import LegalKind, LegalText, LegalVersion
from coalition.legal.tables import legal_texts

columns = legal_texts.c
VERSION = (columns.kind, columns.version, columns.effective_at, columns.published_at, columns.published_by)


def add_text(connection: Connection, alliance_id: int, added: LegalText) -> None:
    """Keep a new version. Raises IntegrityError where somebody else added that version meanwhile."""
    version = added.version
    connection.execute(
        insert(legal_texts).values(
            alliance_id=alliance_id,
            kind=version.kind.value,
            version=version.version,
            text_en=added.en,
            text_zh=added.zh,
            effective_at=version.effective_at,
            published_at=version.published_at,
            published_by=version.published_by,
        )
    )


def list_versions(connection: Connection, alliance_id: int) -> list[LegalVersion]:
    """All versions of all kinds, without what they say; of each kind the newest first."""
    query = select(*VERSION).where(columns.alliance_id == alliance_id)
    rows = connection.execute(query.order_by(columns.kind, columns.version.desc())).mappings()
    return [_version(row) for row in rows]


def find_text(connection: Connection, alliance_id: int, kind: LegalKind, version: int) -> LegalText | None:
    """A version with what it says; None where there is none."""
    row = connection.execute(
        select(legal_texts).where(
            columns.alliance_id == alliance_id, columns.kind == kind.value, columns.version == version
        )
    ).mappings()
    return next((_text(each) for each in row), None)


def list_texts(
    connection: Connection, alliance_id: int, kind: LegalKind | None, after: tuple[str, int] | None, most: int
) -> list[LegalText]:
    """Versions with what they say, by kind, or of one kind; of each the newest first.

    `after` is the kind and the version of the last that was seen.
    """
    query = select(legal_texts).where(columns.alliance_id == alliance_id)
    if kind is not None:
        query = query.where(columns.kind == kind.value)
    if after is not None:
        last_kind, last = after
        query = query.where(or_(columns.kind > last_kind, and_(columns.kind == last_kind, columns.version < last)))
    rows = connection.execute(query.order_by(columns.kind, columns.version.desc()).limit(most)).mappings()
    return [_text(row) for row in rows]


def _version(row: RowMapping) -> LegalVersion:
    return LegalVersion(
        LegalKind(row["kind"]), row["version"], row["effective_at"], row["published_at"], row["published_by"]
    )


def _text(row: RowMapping) -> LegalText:
    return LegalText(_version(row), row["text_en"], row["text_zh"])
