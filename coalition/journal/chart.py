"""Account codes: which account of the alliance's own chart each account of the money book is.

A TOML file with one table:

    [accounts]
    cash = "1200"                                             # a kind of account
    "cash/stripe" = { code = "1210", name = "Stripe" }        # one account of that kind: kind/participant or rail
    settlement = { code = "1400", name = "Shops, settlement" }

What is stated for one account goes before what is stated for its kind. The kinds: settlement (what a participant is
owed or owes from closed windows), deposit, fund, capital, cash, transit, overdraft, fees, loss, other. A file is
the whole chart: a kind that something was booked on and that the file does not know is an error, so that no code
of ours gets into books that have their own.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from coalition.errors import unreadable
from coalition.journal.errors import AccountsUnmapped, ChartInvalid
from coalition.locale.formats import Lang
from coalition.locale.messages import N_, translate
from settlement import Phrase, is_text, quoted
from settlement.clearing import Journal, MoneyAccount
from settlement.ledger import OPERATOR, POOL, AccountKind

CODE_CHARS_MAX = 20
NAME_CHARS_MAX = 100
TABLE = "accounts"
BUILT_IN = "the built-in accounts"


class Code(NamedTuple):
    """An account of the alliance's own chart."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Codes by `kind` and by `kind/owner`; `source` says where they are stated."""

    codes: Mapping[str, Code]
    source: str

    def code_of(self, account: MoneyAccount) -> Code | None:
        """The code of an account; None where there is none."""
        kind = kind_name(account.kind)
        return self.codes.get(f"{kind}/{account.owner}") or self.codes.get(kind)


def kind_name(kind: AccountKind) -> str:
    """A kind as the file names it."""
    return kind.name.lower()


KINDS: Mapping[str, AccountKind] = {kind_name(kind): kind for kind in AccountKind if kind > AccountKind.CLEARING}
"""Kinds of account that a journal can have."""

# A small chart in the usual order: 1 assets, 2 liabilities, 3 equity, 6 expenses.
_BUILT_IN: Mapping[str, Code] = {
    "cash": Code("1000", N_("Cash at bank and payment providers")),
    "settlement": Code("1100", N_("Shops, settlement")),
    f"settlement/{OPERATOR}": Code("2100", N_("Operator, fees to pay out")),
    f"settlement/{POOL}": Code("2200", N_("Pool, value of outstanding points")),
    "deposit": Code("2300", N_("Deposits of shops")),
    "fund": Code("2400", N_("Guarantee fund")),
    "transit": Code("2500", N_("Payments on their way")),
    "overdraft": Code("2600", N_("Laid out by payment providers")),
    "other": Code("2900", N_("To be cleared up")),
    "capital": Code("3000", N_("Risk capital of the operator")),
    "fees": Code("6000", N_("Fees of banks and payment providers")),
    "loss": Code("6900", N_("Losses from defaults")),
}


def codes_of(journal: Journal, chart: Chart) -> dict[MoneyAccount, Code]:
    """The code of every account that the journal names, in order of accounts. Raises AccountsUnmapped."""
    named = {line.account for entry in journal.entries for line in entry.lines} | {*journal.opening, *journal.closing}
    codes = {account: chart.code_of(account) for account in sorted(named)}
    missing = [f"{kind_name(account.kind)}/{account.owner}" for account, code in codes.items() if code is None]
    if missing:
        raise AccountsUnmapped(chart.source, missing)
    return {account: code for account, code in codes.items() if code is not None}


def built_in_chart(lang: Lang) -> Chart:
    """Codes for an alliance that has no chart of its own yet."""
    codes = {key: Code(code, translate(name, lang)) for key, (code, name) in _BUILT_IN.items()}
    return Chart(codes, BUILT_IN)


def read_chart(path: Path, lang: Lang) -> Chart:
    """Read a file of account codes; a kind without a name of its own has the built-in one, in this language.

    Raises FileUnreadable and ChartInvalid.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(path, error) from None
    try:
        stated = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ChartInvalid(path, Phrase("not TOML"), str(error)) from None
    for key in stated:
        if key != TABLE:
            raise ChartInvalid(path, quoted(key), Phrase("unknown key; the file has one table, [{table}]", table=TABLE))
    accounts = stated.get(TABLE)
    if not isinstance(accounts, dict) or not accounts:
        raise ChartInvalid(
            path, f"[{TABLE}]", Phrase('it is missing; it says which code each account has: cash = "1200"')
        )
    codes = {key: _code(path, key, value) for key, value in accounts.items()}
    for key, code in codes.items():
        if key in KINDS and not code.name:
            codes[key] = code._replace(name=translate(_BUILT_IN[key].name, lang))
    return Chart(codes, str(path))


def _code(path: Path, key: str, value: object) -> Code:
    kind = key.partition("/")[0]
    if kind not in KINDS:
        raise ChartInvalid(path, quoted(key), Phrase("unknown kind of account; the kinds are {kinds}", kinds=[*KINDS]))
    stated = value if isinstance(value, dict) else {"code": value}
    for name in stated:
        if name not in ("code", "name"):
            raise ChartInvalid(path, f"{quoted(key)}.{name}", Phrase("unknown key; an account has a code and a name"))
    code, name = stated.get("code"), stated.get("name", "")
    if isinstance(code, int) and not isinstance(code, bool):
        code = str(code)
    if not isinstance(code, str) or not is_text(code) or len(code.strip()) > CODE_CHARS_MAX:
        raise ChartInvalid(
            path,
            quoted(key),
            Phrase('it must have a code such as "1200", at most {most} characters', most=CODE_CHARS_MAX),
        )
    if not isinstance(name, str) or not (name == "" or is_text(name)) or len(name) > NAME_CHARS_MAX:
        raise ChartInvalid(
            path, quoted(key), Phrase("it must have a name of at most {most} characters", most=NAME_CHARS_MAX)
        )
    return Code(code.strip(), name)
