"""What an entry of the journal is about, in the reader's language."""

from collections.abc import Mapping

from coalition.locale.formats import Lang
from coalition.locale.messages import N_, translate
from settlement import Calendar, date_text
from settlement.clearing import JournalEntry, JournalLine, LineKind, MoneyAccount
from settlement.ledger import OPERATOR, POOL, AccountKind

CLOSE_KEY = "close:"
"""How the key of a posting begins that closes a window; the instant at which the window opened comes after it."""

ACCOUNTS: Mapping[AccountKind, str] = {
    AccountKind.SETTLEMENT: N_("settlement of {owner}"),
    AccountKind.DEPOSIT: N_("deposit of {owner}"),
    AccountKind.FUND: N_("share of {owner} in the guarantee fund"),
    AccountKind.CAPITAL: N_("risk capital of {owner}"),
    AccountKind.CASH: N_("cash at {owner}"),
    AccountKind.LOSS: N_("loss"),
    AccountKind.TRANSIT: N_("on its way over {owner}"),
    AccountKind.OVERDRAFT: N_("laid out by {owner}"),
    AccountKind.FEES: N_("fees of {owner}"),
    AccountKind.OTHER: N_("to be cleared up with {owner}"),
}
_OWNERS: Mapping[str, str] = {OPERATOR: N_("the operator"), POOL: N_("the pool")}
_PARTS: Mapping[str, str] = {
    LineKind.REDEEM_FEE: N_("fee on points redeemed"),
    LineKind.ISSUE_FEE: N_("fee on points issued"),
    LineKind.EXPIRED: N_("points expired"),
}


def entry_text(entry: JournalEntry, line: JournalLine, calendar: Calendar, lang: Lang) -> str:
    """What a line of an entry is about: its account, and for the close of a window which and what part of it."""
    account = account_text(line.account, lang)
    if not entry.key.startswith(CLOSE_KEY):
        return account
    opened = date_text(calendar.local_date(int(entry.key.removeprefix(CLOSE_KEY))))
    if line.of not in _PARTS:
        return translate("Close of the window from {date}: {account}", lang, date=opened, account=account)
    part = translate(_PARTS[line.of], lang)
    return translate(
        "Close of the window from {date}: {account}, {part}", lang, date=opened, account=account, part=part
    )


def account_text(account: MoneyAccount, lang: Lang) -> str:
    """What an account holds, and whose it is."""
    owner = translate(_OWNERS[account.owner], lang) if account.owner in _OWNERS else account.owner
    return translate(ACCOUNTS[account.kind], lang, owner=owner)
