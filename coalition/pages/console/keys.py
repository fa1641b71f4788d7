"""API keys: of tills, wallet apps and the alliance's own systems; made, replaced, answered for, revoked."""

from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_hex
from typing import Annotated

from fastapi import BackgroundTasks, Depends, Form, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.access.caller import Role
from coalition.access.errors import ProofNeeded
from coalition.access.key_store import ApiKey, find_keys
from coalition.access.manage_keys import OVERLAP_DAYS, visible_key
from coalition.access.user import DAY
from coalition.pages.checks import check_words
from coalition.pages.console.list_page import Place, row_before, split_page
from coalition.pages.console.people import names_of_people
from coalition.pages.console.proof import ProofTyped, TypedProof, has_second_factor
from coalition.pages.console.roles import ROLES
from coalition.pages.console.sections import KEYS, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.errors import FieldWrong
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.pages.shown_once import carried, carry, drop
from coalition.pages.typed import NewFormKey, Ref, typed_text
from coalition.web.keys import MadeKey, adopt_key, make_key, replace_key, revoke_key
from settlement import NamedFact

router = PageRouter("/console/keys")
Staff = Annotated[StaffVisit, Depends(admit(KEYS.roles))]
Owner = Annotated[StaffVisit, Depends(admit({Role.OWNER}))]
A_PAGE = 50
NEW_KEY = "new-key"
MADE_FOR = (Role.TILL, Role.APP, Role.OPERATOR)


@dataclass(frozen=True, slots=True)
class KeysPage(ConsolePage):
    """Keys, the oldest first. `after` is where the next page begins; empty on the last.

    `made` is a new key and `text` what it is, which no other page shows: empty once it was shown. `ask` says what the
    form was for that takes a proof of who it is: "" for a new key, else the id of the key whose form it was; None where
    none is asked for.
    """

    keys: list[ApiKey]
    after: str
    now: int
    keepers: dict[str, str]
    names: dict[str, str]
    shops: list[tuple[str, str]]
    words: dict[Role, str]
    roles: list[Role]
    second_factor: bool
    key: str
    overlap_days: int = OVERLAP_DAYS
    made: ApiKey | None = None
    text: str = ""
    ask: str | None = None
    done: str = ""
    problem: str = ""
    section: Section = KEYS


@router.get("")
def keys(
    staff: Staff,
    after: Place = "",
    done: Annotated[str, Query(max_length=20)] = "",
    made: Annotated[str, Query(max_length=100)] = "",
) -> HTMLResponse:
    """All of them; a manager's are the shop's own. A key that was `made` just now is shown once."""
    id_, text = (carried(staff.visit, NEW_KEY) if made else None) or ("", "")
    is_new = made != "" and id_ == made
    answer = _show(staff, after, done=done, made=made, text=text if is_new else "")
    if is_new:
        drop(staff.visit, answer, NEW_KEY)
    return answer


@router.post("")
def make(
    staff: Staff,
    background: BackgroundTasks,
    proof: TypedProof,
    label: Annotated[str, Form(max_length=100)],
    role: Annotated[Role, Form()] = Role.TILL,
    shop: Annotated[str, Form(max_length=100)] = "",
    key: NewFormKey = "",
) -> Response:
    """A new key, which the page that this leads to shows once."""
    where = (staff.shop or shop or None) if role is Role.TILL else None

    def do() -> MadeKey:
        if role not in MADE_FOR:
            raise FieldWrong("role", check_words("choose"))
        if role is Role.TILL and where not in dict(staff.shops()):
            raise FieldWrong("shop", check_words("choose"))
        named = typed_text("label", label)
        return make_key(background, staff.visit.request, staff.caller, role, named, where, form_key=key)

    return _with_proof(staff, proof, "", do)


@router.post("/{key}/replace")
def replace(
    staff: Staff,
    background: BackgroundTasks,
    proof: TypedProof,
    key: Ref,
    form: NewFormKey = "",
) -> Response:
    """Another key in its place, shown once; the old one goes on for a week."""
    until = staff.alliance.machine_clock() + OVERLAP_DAYS * DAY
    return _with_proof(
        staff, proof, key, lambda: replace_key(background, staff.visit.request, staff.caller, key, until, form)
    )


@router.post("/{key}/adopt")
def adopt(staff: Owner, background: BackgroundTasks, proof: TypedProof, key: Ref) -> Response:
    """Answer for it from now on."""
    return _with_proof(staff, proof, key, lambda: adopt_key(background, staff.visit.request, staff.caller, key))


@router.post("/{key}/revoke")
def revoke(staff: Staff, key: Ref) -> Response:
    """End it at once."""
    try:
        revoke_key(staff.visit.request, staff.caller, key)
    except NamedFact as error:
        return _show(staff, problem=staff.visit.explain(error), code=error.error_kind.status)
    return RedirectResponse("/console/keys?done=revoked", 303)


def _with_proof(staff: StaffVisit, proof: ProofTyped, form: str, do: Callable[[], MadeKey | ApiKey]) -> Response:
    """Do it; where the last proof is too old, ask for another one in the same form."""
    try:
        proof.check(staff)
        done = do()
    except ProofNeeded as error:
        return _show(staff, code=error.error_kind.status, ask=form)
    except NamedFact as error:
        ask = form if proof.password else None
        problem, code = staff.visit.explain(error), error.error_kind.status
        return _show(staff, problem=problem, code=code, ask=ask)
    if isinstance(done, MadeKey):
        answer = RedirectResponse(f"/console/keys?made={done.key.id}", 303)
        carry(staff.visit, answer, NEW_KEY, (done.key.id, done.text))
        return answer
    return RedirectResponse("/console/keys?done=adopted", 303)


def _show(
    staff: StaffVisit,
    after: str = "",
    *,
    made: str = "",
    text: str = "",
    ask: str | None = None,
    done: str = "",
    problem: str = "",
    code: int = 200,
) -> HTMLResponse:
    alliance = staff.alliance
    with alliance.database.engine.connect() as connection:
        rows = find_keys(connection, alliance.id, staff.shop, row_before(after), A_PAGE + 1)
        new = visible_key(connection, staff.caller, made) if made else None
    listed, onward = split_page(rows, A_PAGE, lambda key: (key.created_at, key.id))
    page = KeysPage(
        keys=listed,
        after=onward,
        now=alliance.machine_clock(),
        keepers=names_of_people(staff),
        names=staff.names(),
        shops=staff.shops(),
        words=dict(ROLES),
        roles=[Role.TILL] if staff.shop is not None else list(MADE_FOR),
        second_factor=has_second_factor(staff),
        key=token_hex(16),
        made=new,
        text=text,
        ask=ask,
        done=done,
        problem=problem,
    )
    return show(staff.visit, page, code)
