"""Add many shops, from a list as people type or paste it, a shop a line: as a task, since each takes some time."""

from contextlib import closing

from coalition.access.caller import HELPERS, Caller
from coalition.alliance import Alliance
from coalition.errors import CoalitionError
from coalition.locale.messages import N_
from coalition.merchants.change_shop import apply_to_join, change_shop
from coalition.merchants.list_shops import list_shops
from coalition.merchants.shop_list import SHOPS_MAX, ref_of
from coalition.merchants.shop_profile import ShopProfile
from coalition.merchants.shop_status import ShopStatus
from coalition.merchants.store import Shop
from coalition.tasks.start_task import start_task
from coalition.tasks.task import Task, TaskFile, TaskKind, TaskRun, TaskStep
from coalition.tasks.why import in_each_language
from settlement import NamedFact, Phrase, clean_text

PORTION = 10
"""Lines between which it is written down how far the list is."""
LINES, NAMES, REFS = "lines", "names", "refs"


def start_adding(alliance: Alliance, caller: Caller, text: str, key: str) -> Task:
    """Add the shops of a list and let them take part, as a task.

    A line is a name, or a short name and a name with a semicolon between. A shop with a name that is there already is
    left as it is, so the same list can be sent again. Raises RoleNotAllowed.
    """
    source = TaskFile("shops.txt", text.encode())
    return start_task(
        alliance, caller, ADD_SHOPS, key, source=source, total=len(lines_of(text)), outcome={"added": 0, "refused": []}
    )


def lines_of(text: str) -> list[str]:
    """The lines of a list that are not empty."""
    return [line for line in map(str.strip, text.splitlines()) if line]


def add_portion(run: TaskRun) -> TaskStep:
    """Add the shops of the next lines. What was added before this was broken off is there already."""
    if LINES not in run.memory:
        run.memory[LINES] = lines_of(run.source.decode())
        with closing(run.alliance.database.session()) as session:
            in_book = run.alliance.book.config(session).by_ref
        shops = list_shops(run.alliance)
        run.memory[REFS] = {shop.ref for shop in shops}
        run.memory[NAMES] = {shop.profile.name: None if shop.ref in in_book else shop for shop in shops}
    lines: list[str] = run.memory[LINES]
    begin, before = run.task.done, run.task.outcome
    end = min(begin + PORTION, len(lines))
    added, refused = 0, list[tuple[str, dict[str, str]]]()
    for number in range(begin, end):
        why: NamedFact | str
        try:
            added += _add(run, number, lines[number])
            continue
        except ValueError:
            why = Phrase("A name is a text of one line.")
        except NamedFact as error:
            why = error
        refused.append((lines[number], in_each_language(run.alliance, why)))
    outcome = {"added": before["added"] + added, "refused": [*before["refused"], *refused]}
    return TaskStep(end, len(lines), outcome, finished=end == len(lines))


def _add(run: TaskRun, number: int, line: str) -> bool:
    """Add the shop of a line; False where it takes part already. Raises NamedFact, and ValueError for what is no name.

    A shop of this name that the book does not have is one that waits to join, or that was broken off on its way in.
    """
    waiting: dict[str, Shop | None] = run.memory[NAMES]
    refs: set[str] = run.memory[REFS]
    ref, _, name = line.rpartition(";")
    profile = ShopProfile(clean_text(name))
    shop = waiting.get(profile.name)
    if shop is None and profile.name in waiting:
        return False
    if number >= SHOPS_MAX:
        raise TooManyShops(SHOPS_MAX)
    if shop is None:
        shop = apply_to_join(run.alliance, run.caller, ref.strip() or ref_of(profile.name, refs), profile)
    change_shop(run.alliance, run.caller, shop, shop.profile, ShopStatus.ACTIVE)
    waiting[profile.name] = None
    refs.add(shop.ref)
    return True


class TooManyShops(CoalitionError):
    """A list has more shops than are added at once."""

    public = False
    code = "too_many_shops"
    detail = N_("One list adds at most {most} shops.")
    most: int


ADD_SHOPS = TaskKind("shops.add", N_("Shops of a list"), HELPERS, add_portion)
