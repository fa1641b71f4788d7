"""Who looks at a page of the console: somebody of the alliance, or a manager who sees their own shop and no other."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote

from coalition.access.caller import Caller, Role, check_role
from coalition.alliance import Alliance
from coalition.approvals.approvals import Approvals
from coalition.errors import NotFound
from coalition.locale.name_order import name_order
from coalition.merchants.change_shop import load_shop
from coalition.merchants.list_shops import shop_names
from coalition.merchants.store import Shop
from coalition.messaging.set_up import sends_mail
from coalition.pages.visit import Visit, Visiting, staff_visit
from coalition.statements.titles import name_of
from coalition.web.request import approvals_of
from coalition.windows.find_window import SettlementWindow, find_window, parse_window_id
from settlement import Phrase
from settlement.ledger import OPERATOR, POOL


@dataclass(frozen=True)
class StaffVisit:
    """A look of somebody whose role may see the page. Shops are read once for it."""

    visit: Visit
    alliance: Alliance
    caller: Caller

    @property
    def shop(self) -> str | None:
        """The only shop that the visitor may see; None for the alliance's people, who see all."""
        return self.caller.shop

    @property
    def approvals(self) -> Approvals:
        """What takes a second person."""
        return approvals_of(self.visit.request)

    @property
    def sends_mail(self) -> bool:
        """Whether this server has a way to send e-mail."""
        return sends_mail(self.visit.request.app.state.messenger)

    def may_see(self, shop: str) -> bool:
        """Whether the visitor may see this shop's figures."""
        return self.caller.may_act_for_shop(shop)

    def check_shop(self, shop: str) -> None:
        """Raise NotFound for a shop that the visitor may not see, as for one that is not there."""
        if not self.may_see(shop):
            raise NotFound(Phrase("shop"), shop)

    def names(self) -> dict[str, str]:
        """What all shops are called, and the book's own operator and pool."""
        own = {ref: name_of(ref, self.visit.lang) for ref in (OPERATOR, POOL)}
        return self._shop_names | own

    def shops(self) -> list[tuple[str, str]]:
        """The shops that the visitor may see, (ref, name) by name: what a form lets them choose from."""
        seen = ((ref, name) for ref, name in self._shop_names.items() if self.may_see(ref))
        return sorted(seen, key=lambda shop: name_order(shop[1]))

    def shop_page(self, ref: str) -> str:
        """The page of a shop; empty for one that the visitor may not see, and for what is none."""
        return f"/console/shops/{quote(ref)}" if ref in self._shop_names and self.may_see(ref) else ""

    def shop_named(self, ref: str) -> Shop:
        """A shop that the visitor may see. Raises NotFound."""
        self.check_shop(ref)
        shop = load_shop(self.alliance, ref)
        if shop is None:
            raise NotFound(Phrase("shop"), ref)
        return shop

    @cached_property
    def _shop_names(self) -> dict[str, str]:
        return shop_names(self.alliance, self.visit.lang)

    def window(self, id_: str) -> SettlementWindow:
        """The window with this public id. Raises NotFound."""
        opens_at = parse_window_id(self.alliance, id_)
        if opens_at is None:
            raise NotFound(Phrase("window"), id_)
        return find_window(self.alliance, opens_at)


class Admission:
    """A page's dependency that returns the visit of somebody in one of these roles."""

    def __init__(self, roles: Iterable[Role]) -> None:
        self.roles = frozenset(roles)

    def __call__(self, visiting: Visiting) -> StaffVisit:
        """Raises LogInNeeded for members and strangers, and RoleNotAllowed for others of the staff."""
        caller = staff_visit(visiting)
        check_role(caller, self.roles)
        return StaffVisit(visiting, visiting.town, caller)


def admit(roles: Iterable[Role]) -> Admission:
    """The dependency of a page for these roles."""
    return Admission(roles)
