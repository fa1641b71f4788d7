"""Status reports (pain.002 of ISO 20022, versions .03 to .14): which payments of our files the bank refused.

A bank refuses a payment, a part of a file, or a whole file. A part or a file counts as refused as a whole only
where the report names no single payment below it. Every other status says that something is under way, which is
known already: what moved is told by the statement.
"""

from collections.abc import Iterator

from settlement.rails.bank.reported import BankReport, CheckedPayee, RejectedPayment, reference_or_empty
from settlement.rails.bank.xml import XmlNode
from settlement.rails.port import PayeeMatch
from settlement.sentences import N_, Phrase

STATUS_REPORT = "CstmrPmtStsRpt"
_REJECTED = "RJCT"
_DOUBTS = {
    PayeeMatch.NONE: N_("the account that {reference:name} goes to is held under another name, says its bank ({code})"),
    PayeeMatch.CLOSE: N_(
        "the account that {reference:name} goes to is held under nearly that name, says its bank ({code})"
    ),
}
PAYEE_MATCHES = {
    "RCVC": PayeeMatch.MATCH,
    "RVNM": PayeeMatch.NONE,
    "RVMC": PayeeMatch.CLOSE,
    "RVNA": PayeeMatch.UNCHECKED,
}
"""What Verification of Payee found: ISO 20022, ExternalPaymentTransactionStatus1Code."""


def read_status_report(message: XmlNode) -> BankReport:
    """All that a message says was refused, and of the names of payees. Raises BankFileUnreadable."""
    payees = tuple(_payees(message))
    doubts = (_doubt(payee) for payee in payees)
    return BankReport("pain.002", rejected=tuple(_rejected(message)), doubts=tuple(filter(None, doubts)), payees=payees)


def _payees(message: XmlNode) -> Iterator[CheckedPayee]:
    for payment in (*message.all("OrgnlPmtInfAndSts/TxInfAndSts"), *message.all("TxInfAndSts")):
        code = payment.text("TxSts")
        if code in PAYEE_MATCHES:
            yield CheckedPayee(reference_or_empty(payment.text("OrgnlEndToEndId")), code, _reason(payment)[1])


def _doubt(payee: CheckedPayee) -> Phrase | None:
    """That a payee's bank knows the account under another name: to be asked before the file is released."""
    template = _DOUBTS.get(PAYEE_MATCHES[payee.code])
    if template is None:
        return None
    doubt = Phrase(template, reference=payee.reference, code=payee.code)
    return Phrase("{meaning}: {text}", meaning=doubt, text=payee.text) if payee.text else doubt


def _rejected(message: XmlNode) -> Iterator[RejectedPayment]:
    group = message.first("OrgnlGrpInfAndSts")
    if group is None:
        raise message.error(Phrase("{paths} is missing", paths="OrgnlGrpInfAndSts"))
    message_id = group.needed("OrgnlMsgId")
    parts = list(message.all("OrgnlPmtInfAndSts"))
    if group.text("GrpSts") == _REJECTED and not any(_names_payments(part) for part in parts):
        yield RejectedPayment("", message_id, *_reason(group))
        return
    for part in parts:
        yield from _of_part(part, group)
    # The oldest version has payments beside the parts.
    for payment in message.all("TxInfAndSts"):
        yield from _of_payment(payment, group)


def _of_part(part: XmlNode, group: XmlNode) -> Iterator[RejectedPayment]:
    if part.text("PmtInfSts") == _REJECTED and not _names_payments(part):
        yield RejectedPayment("", part.needed("OrgnlPmtInfId"), *_reason(part, group))
        return
    for payment in part.all("TxInfAndSts"):
        yield from _of_payment(payment, part)


def _of_payment(payment: XmlNode, above: XmlNode) -> Iterator[RejectedPayment]:
    status = payment.text("TxSts") or above.text("PmtInfSts", "GrpSts")
    if status == _REJECTED:
        reference = reference_or_empty(payment.text("OrgnlEndToEndId"))
        if not reference:
            raise payment.error(Phrase("OrgnlEndToEndId is missing, so the payment is not known"))
        yield RejectedPayment(reference, "", *_reason(payment, above))


def _names_payments(part: XmlNode) -> bool:
    return part.first("TxInfAndSts") is not None


def _reason(*nodes: XmlNode) -> tuple[str, str]:
    """Why: a code, and words; of the payment itself, else of what stands above it."""
    for node in nodes:
        information = node.first("StsRsnInf")
        if information is not None:
            words = " ".join(element.element.text or "" for element in information.all("AddtlInf"))
            return information.text("Rsn/Cd", "Rsn/Prtry"), words.strip()
    return "", ""
