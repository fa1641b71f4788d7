"""Who looks at a page: their language, their alliance, and who they are if they have logged in."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote, unquote

from fastapi import Depends, Request, Response

from coalition.access.caller import Caller, Role
from coalition.access.callers import Callers
from coalition.access.find_alliance import find_alliance_id
from coalition.access.rate_limits import POLICY_OF_ROLE
from coalition.access.session_store import csrf_token
from coalition.alliance import Alliance, Alliances
from coalition.locale.formats import LANGS, Lang
from coalition.locale.messages import translate
from coalition.pages.device import device_name
from coalition.pages.errors import AllianceUnclear, LogInNeeded
from coalition.pages.page_words import page_reason, page_text
from coalition.web.cookies import YEAR_SECONDS, session_cookie, set_cookie
from coalition.web.prove_session import renewed_session
from coalition.web.request import language_of, public_url
from settlement import NamedFact

LANGUAGE_COOKIE, TOWN_COOKIE = "language", "town"


def wrong_fields(request: Request) -> dict[str, str]:
    """What is wrong with the form that a request sends, by field, as far as anybody has said so yet."""
    if not hasattr(request.state, "wrong_fields"):
        request.state.wrong_fields = {}
    wrong: dict[str, str] = request.state.wrong_fields
    return wrong


@dataclass(frozen=True, slots=True)
class Visit:
    """One look at a page. `alliance` is None where several are here and nothing says which is meant."""

    request: Request
    lang: Lang
    alliance: Alliance | None
    caller: Caller | None

    @property
    def csrf(self) -> str:
        """What a form of this browser has to carry, whether its session is still good or not."""
        renewed, token = renewed_session(self.request), session_cookie(self.request)
        if renewed is not None:
            return renewed.csrf_token
        return "" if token is None else csrf_token(token)

    @property
    def here(self) -> str:
        """The path of this page."""
        return self.request.url.path

    @property
    def address(self) -> str:
        """The path of this page, with what it was asked for."""
        query = self.request.url.query if self.request.method == "GET" else ""
        return f"{self.here}?{query}" if query else self.here

    @property
    def town(self) -> Alliance:
        """The alliance. Raises AllianceUnclear."""
        if self.alliance is None:
            raise AllianceUnclear("alliance", "")
        return self.alliance

    @property
    def name(self) -> str:
        """The town's name, as pages show it; empty where none is known."""
        return "" if self.alliance is None else self.alliance.book.settings.name

    @property
    def timezone(self) -> str:
        """The alliance's time zone."""
        return "UTC" if self.alliance is None else self.alliance.book.settings.timezone

    @property
    def device(self) -> str:
        """What the visitor's device is called."""
        return device_name(self.request.headers.get("user-agent", ""))

    @property
    def url(self) -> str:
        """Where people reach this server, without a slash at the end."""
        return public_url(self.request)

    def forget_callers(self) -> None:
        """Let this process ask the database anew who has which session or key."""
        callers: Callers = self.request.app.state.callers
        callers.forget()

    def explain(self, error: NamedFact) -> str:
        """An error in the visitor's language, and in words for whoever looks at a page.

        Raises it again where it is for nobody but the log: it names the database, or what must never be.
        """
        if not error.public:
            raise error
        field = error.concerns.format_map(vars(error))
        sentence = page_text(error, self.lang, self.alliance)
        return self.beside(field, sentence) if field else sentence

    def beside(self, field: str, sentence: str) -> str:
        """What is wrong with a field of the form that was sent: it is said there, if the page has that field."""
        wrong_fields(self.request)[field] = sentence
        return sentence

    def reason(self, text: str) -> str:
        """A marked sentence, or a part of one, with its values, in the visitor's language and for people."""
        return page_reason(text, self.lang, None if self.alliance is None else self.alliance.book.settings)

    def say(self, sentence: str, **values: object) -> str:
        """A marked sentence in the visitor's language."""
        return translate(sentence, self.lang, **values)


@dataclass(frozen=True, slots=True)
class MemberVisit:
    """A member's look at a page of the wallet."""

    visit: Visit
    alliance: Alliance
    caller: Caller
    member: str


def page_language(request: Request) -> Lang:
    """The language that a visitor has chosen; else the one that their browser asks for."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    return next((lang for lang in LANGS if lang == chosen), language_of(request))


def visit(request: Request) -> Visit:
    """The visit that a request is. It counts to the limits of whoever has logged in."""
    alliances: Alliances = request.app.state.alliances
    token = session_cookie(request)
    caller = None if token is None else _caller(request, token)
    alliance_id = named_alliance(request) if caller is None else caller.alliance_id
    alliance = None if alliance_id is None else alliances.get(alliance_id)
    request.state.alliance = alliance
    return Visit(request, page_language(request), alliance, caller)


def _caller(request: Request, token: str) -> Caller | None:
    callers: Callers = request.app.state.callers
    caller = callers.known(token) or callers.look_up(token)
    if caller is not None and caller.session is not None:
        request.state.caller = caller
        request.state.standing = request.app.state.rates.take(POLICY_OF_ROLE[caller.role], caller.id)
        return caller
    return None


def named_alliance(request: Request) -> int | None:
    """The alliance that the address names, or a cookie since an earlier visit; else the only one."""
    alliances: Alliances = request.app.state.alliances
    named = request.query_params.get(TOWN_COOKIE) or unquote(request.cookies.get(TOWN_COOKIE, ""))
    named_id = find_alliance_id(alliances.database, named) if named else None
    return named_id or find_alliance_id(alliances.database, None)


def keep_town(visit: Visit, answer: Response) -> None:
    """Let this browser's next pages be of the same alliance, where an address does not name it."""
    # A cookie has Latin letters only, and a town may be called in any.
    name = quote(visit.town.book.settings.name)
    set_cookie(visit.request, answer, TOWN_COOKIE, name, YEAR_SECONDS)


Visiting = Annotated[Visit, Depends(visit)]


def member_visit(visiting: Visiting) -> MemberVisit:
    """The visit of a member. Raises LogInNeeded for everybody else."""
    caller = visiting.caller
    if caller is None or caller.role is not Role.MEMBER or caller.member is None:
        raise LogInNeeded("/wallet/log-in", _has_ended(visiting))
    return MemberVisit(visiting, visiting.town, caller, caller.member)


def staff_visit(visiting: Visiting) -> Caller:
    """The caller of a page for people of the alliance or of a shop. Raises LogInNeeded for everybody else."""
    caller = visiting.caller
    if caller is None or caller.role is Role.MEMBER:
        raise LogInNeeded("/log-in", _has_ended(visiting))
    return caller


def _has_ended(visiting: Visit) -> bool:
    """Whether the browser still has a session that nobody calls in any more."""
    return visiting.caller is None and session_cookie(visiting.request) is not None


AsMember = Annotated[MemberVisit, Depends(member_visit)]
AsStaff = Annotated[Caller, Depends(staff_visit)]
