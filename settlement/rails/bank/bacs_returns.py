"""Bacs's report of unpaid direct debits (ARUDD): debits that a bank returned, with what it says of each.

BACSDocument / Data / ARUDD / Advice / OriginatingAccountRecords / OriginatingAccountRecord / ReturnedDebitItem, with
the attributes ref, returnCode and returnDescription; the account that was to pay is in its PayerAccount. Public
programs that read such reports have these names, as getAruddFile of github.com/mattwire/org.civicrm.smartdebit. Bacs
itself describes the report in its Service User Guide, appendix G, for members.

A report says what comes back, and a statement what the account is debited.
"""

from collections.abc import Iterator

from settlement.rails.bank.errors import ForeignStatement
from settlement.rails.bank.identifiers import references_in
from settlement.rails.bank.reported import BankReport, RejectedPayment
from settlement.rails.bank.settings import BankSettings
from settlement.rails.bank.xml import XmlNode
from settlement.sentences import Phrase

KIND = "ARUDD"
ROOT, REPORT = "BACSDocument", "Data/ARUDD"
_ITEMS = "Advice/OriginatingAccountRecords/OriginatingAccountRecord/ReturnedDebitItem"


def read_arudd(report: XmlNode, settings: BankSettings) -> BankReport:
    """What a report says. Raises ForeignStatement for one of another service user."""
    licence = report.first("ServiceLicenseInformation")
    user = "" if licence is None else licence.element.get("userNumber", "").strip()
    if user and user != settings.service_user:
        raise ForeignStatement(
            report.file, report.path, Phrase("service user {user}", user=user), settings.service_user
        )
    return BankReport(KIND, rejected=tuple(_rejected(report)))


def _rejected(report: XmlNode) -> Iterator[RejectedPayment]:
    for item in report.all(_ITEMS):
        payer = item.first("PayerAccount")
        named = [item.element.get("ref", ""), "" if payer is None else payer.element.get("ref", "")]
        reference = next((text for text in named if references_in(text)), named[0])
        code, words = (item.element.get(name, "").strip() for name in ("returnCode", "returnDescription"))
        yield RejectedPayment(reference, "", code, words, returned=True)
