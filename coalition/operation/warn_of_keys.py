"""Tell people in time, and once, which keys soon end: a shop's managers of its tills', the owners of the others."""

from collections import defaultdict
from collections.abc import Sequence

from coalition.access.announce import Addressee, owners_of, people_of
from coalition.access.caller import Role
from coalition.access.key_store import ApiKey, are_ends_unannounced, take_unannounced_ends
from coalition.jobs.job import Work
from coalition.locale.formats import Lang, moment_text
from coalition.locale.messages import N_, translate
from coalition.messaging.messenger import send_or_log

LINE = N_("{label} ({id}) ends on {moment}.")


def warn_of_keys(work: Work) -> None:
    """Write one message to each person whom a key concerns that soon ends."""
    engine, id_ = work.alliance.database.engine, work.alliance.id
    letters: dict[Addressee, list[ApiKey]] = defaultdict(list)
    with engine.begin() as connection:
        owners = owners_of(connection, id_)
        for key in take_unannounced_ends(connection, id_, work.clock()):
            managers = [] if key.shop is None else people_of(connection, id_, Role.MANAGER, key.shop)
            # A shop whose people have no account of their own is looked after by the alliance.
            for addressee in managers or owners:
                letters[addressee].append(key)
    for addressee, keys in letters.items():
        send_or_log(work.settings.messenger, addressee.email, *_message(work, keys, addressee.language))


def has_ends_to_announce(work: Work) -> bool:
    """Whether a key soon ends of which nobody was told."""
    with work.alliance.database.engine.connect() as connection:
        return are_ends_unannounced(connection, work.alliance.id, work.clock())


def _message(work: Work, keys: Sequence[ApiKey], lang: Lang) -> tuple[str, str]:
    settings = work.alliance.book.settings
    lines = [
        translate(
            LINE, lang, label=key.label, id=key.id, moment=moment_text(key.expires_at or 0, settings.timezone, lang)
        )
        for key in keys
    ]
    advice = translate(
        "Replace each key before, and bring the new one to whatever uses it, which is refused from then on.", lang
    )
    return (
        translate("API keys of {alliance} end soon", lang, alliance=settings.name),
        "\n".join([*lines, "", advice]) + "\n",
    )
