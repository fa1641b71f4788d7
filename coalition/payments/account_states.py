"""How shops stand at their rails: whether each can be collected from and paid, and what is still missing."""

from collections.abc import Iterable
from dataclasses import dataclass

from coalition.locale.error_text import reason_text
from coalition.locale.formats import Lang
from coalition.locale.messages import N_
from settlement.payments import DEPOSIT_RAIL, PaymentContext, payment_profiles, payment_rules, rail_accounts
from settlement.rails import Direction, RailAccount

DUE, COUNTRY = "due", "country"
"""Details of an account at Stripe that are read here: what Stripe still asks for, and the shop's country."""
ASKED = {
    "external_account": N_("a bank account to pay to"),
    "tos_acceptance": N_("a yes to its terms"),
    "individual": N_("who runs the business"),
    "representative": N_("who runs the business"),
    "person": N_("who runs the business"),
    "relationship": N_("who runs the business"),
    "owners": N_("who owns the business"),
    "directors": N_("who owns the business"),
    "executives": N_("who runs the business"),
    "company": N_("the company"),
    "business_profile": N_("what the business sells"),
    "business_type": N_("the company"),
    "documents": N_("papers that prove it"),
}
"""What Stripe may ask for, by how its names for it begin."""


@dataclass(frozen=True, slots=True)
class AccountState:
    """A shop's rail and how it stands there. A problem is empty where there is none.

    `choice` is the rail that the shop chose, empty for the alliance's. `asked` is what Stripe still asks for,
    `country` the one under which it knows the shop, empty where it does not.
    """

    shop: str
    rail: str
    choice: str
    collect_problem: str
    pay_problem: str
    asked: tuple[str, ...]
    country: str
    suspended: bool

    @property
    def ready(self) -> bool:
        """Whether money can go both ways."""
        return not self.collect_problem and not self.pay_problem


def account_states(context: PaymentContext, shops: Iterable[str], lang: Lang) -> list[AccountState]:
    """How these shops stand, in their order."""
    profiles, settings = payment_profiles(context.book, context.session), context.book.settings
    ours = payment_rules(context.book, context.session).rail
    accounts: dict[str, dict[str, RailAccount]] = {}
    states = []
    for shop in shops:
        profile = profiles.get(shop)
        choice = "" if profile is None else profile.rail
        rail = ours if choice in ("", DEPOSIT_RAIL) else choice
        if rail not in accounts:
            accounts[rail] = {each.participant: each for each in rail_accounts(context.book, context.session, rail)}
        account = accounts[rail].get(shop, RailAccount(shop, {}))
        collect, pay = (
            reason_text(context.problem(rail, account, direction), lang, settings)
            for direction in (Direction.COLLECT, Direction.PAY)
        )
        states.append(
            AccountState(
                shop,
                rail,
                choice,
                "" if choice == DEPOSIT_RAIL else collect,
                pay,
                tuple(account.details.get(DUE, "").split()),
                account.details.get(COUNTRY, ""),
                profile is not None and profile.suspended,
            )
        )
    return states


def asked_texts(asked: Iterable[str]) -> list[str]:
    """What Stripe asks for, in words to translate, each once; its own name for what we know no word for."""
    words = (ASKED.get(name.partition(".")[0], name) for name in asked)
    return list(dict.fromkeys(words))
