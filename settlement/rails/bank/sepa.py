"""SEPA files: credit transfers (pain.001) and direct debits (pain.008), written by sepaxml, checked by the schemas.

A debit names its mandate: id, day of signature, and whether it is the first under it (FRST) or a later one (RCUR).
Sepaxml takes ids and the time from chance and from the machine's clock; they are replaced here, so that the
bank's answers can be told by them.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple
from xml.etree import ElementTree as ET

from sepaxml import SepaDD, SepaTransfer
from sepaxml import __file__ as _sepaxml
from xmlschema import XMLSchema, XMLSchemaValidationError

from settlement.calendar import EARLIEST, date_of, written_date
from settlement.errors import BookCorrupt
from settlement.rails.bank.facts import BankFileItem
from settlement.rails.bank.identifiers import bic_problem, compact, iban_problem, mandate_problem, sepa_text
from settlement.rails.bank.national import (
    ADDRESS,
    address_problem,
    is_qr_iban,
    needs_address,
    qr_reference_problem,
)
from settlement.rails.bank.settings import NAME_CHARS, BankSettings, FileKind
from settlement.rails.bank.target import next_target_day
from settlement.rails.port import Direction, RailAccount
from settlement.sentences import Phrase

TEXT_CHARS = 140
SEPA_MINOR_MAX = 999_999_999_99
"""The most that one SEPA payment may be: 999,999,999.99 EUR (EPC115-06, EPC130-08)."""
DETAILS = (
    "name", "iban", "bic", *ADDRESS, "qr_reference", "mandate_id", "mandate_signed_on", "mandate_sequence",
)  # fmt: skip
"""What a file of ours says of an account."""
SEQUENCES = ("FRST", "RCUR", "OOFF", "FNAL")
FIRST, LATER = SEQUENCES[:2]
_MICROSECONDS = 1_000_000
_ADDRESS_PARTS: Final = {
    "street": ("street_name", 70), "building": ("building_number", 16), "postcode": ("postcode", 16),
    "town": ("town", 35), "country": ("country", 2),
}  # fmt: skip
"""What sepaxml calls the parts of an address, and how many characters each may have."""


class _Extras(NamedTuple):
    """What sepaxml has no word for, put into a message after it."""

    instant: bool = False
    execution_time: str = ""
    domestic: bool = False
    qr_references: Mapping[str, str] = MappingProxyType({})
    """By end-to-end id: what a payee with a QR-IBAN is paid under, in place of a text."""


def account_problem(settings: BankSettings, account: RailAccount, direction: Direction) -> str:
    """Why a participant's account can't be in a SEPA file of that direction; empty where it can.

    Details: `name` (the participant where it is left out), `iban`, `bic` if the bank needs one, and the address from
    `street` to `country`, which is needed outside the EEA and in Swiss files; to collect also `mandate_id`,
    `mandate_signed_on` (YYYY-MM-DD) and, where it is not to be told from what was collected before,
    `mandate_sequence`. `qr_reference` is what a payee with a QR-IBAN is paid under.
    """
    details = account.details
    if not holder_name(account.participant, details.get("name", "")):
        return Phrase("the name of {participant:name} has no letter that banks take", participant=account.participant)
    problem = iban_problem(details.get("iban", ""))
    bic = details.get("bic", "")
    if not problem and bic:
        problem = bic_problem(bic)
    problem = problem or _address_problem(settings, details, direction)
    if problem or direction is Direction.PAY:
        return problem
    problem = mandate_problem(details.get("mandate_id", ""))
    if problem:
        return problem
    if _day(details.get("mandate_signed_on", "")) is None:
        return Phrase("the day on which the mandate was signed is missing; write YYYY-MM-DD")
    sequence = details.get("mandate_sequence", "")
    return (
        ""
        if sequence in ("", *SEQUENCES)
        else Phrase("mandate_sequence is {sequence:name}; use {choices}", sequence=sequence, choices=SEQUENCES)
    )


def _address_problem(settings: BankSettings, details: Mapping[str, str], direction: Direction) -> str:
    """What is missing of BIC, addresses and references where a bank or a country asks for them."""
    iban = details["iban"]
    address = {part: details.get(part, "") for part in ADDRESS}
    is_outside = needs_address(iban) and not (settings.is_swiss and settings.country == compact(iban)[:2])
    if is_outside and not details.get("bic"):
        return Phrase("IBAN {iban:name} is of a country outside the EEA, so its bank's BIC is needed", iban=iban)
    if is_outside and not settings.address:
        return Phrase(
            "IBAN {iban:name} is of a country outside the EEA, so the bank settings need an address", iban=iban
        )
    if (is_outside or (settings.is_swiss and direction is Direction.PAY)) and not any(address.values()):
        return Phrase("the address is missing: at least `town` and `country`")
    problem = address_problem(address)
    if problem or direction is Direction.COLLECT:
        return problem
    reference = details.get("qr_reference", "")
    if reference or is_qr_iban(iban):
        return qr_reference_problem(reference)
    return ""


def holder_name(participant: str, name: str) -> str:
    """Who owns a participant's account, as a bank takes it; empty where nothing is left of the name."""
    plain = sepa_text(name or participant, NAME_CHARS)
    return plain if any(letter.isalnum() for letter in plain) else ""


def remittance(item: BankFileItem) -> str:
    """What the other side reads on its statement: the reference first, since banks cut the end."""
    return sepa_text(f"{item.reference} {item.text}", TEXT_CHARS)


def execution_day(settings: BankSettings, kind: FileKind, due_on: int, today: date) -> date:
    """When the bank is to carry out what is due on a day (yyyymmdd): a TARGET day, as many of them away as asked."""
    lead = settings.debit_lead_days if kind is FileKind.DIRECT_DEBIT else settings.transfer_lead_days
    return max(next_target_day(date_of(due_on)), next_target_day(today, lead))


def sepa_file(
    settings: BankSettings,
    kind: FileKind,
    items: Sequence[BankFileItem],
    message_id: str,
    now: int,
    today: date,
    is_used: Callable[[BankFileItem], bool],
) -> bytes:
    """The message of a file. `is_used` says whether a debit was made under an item's mandate before.

    Raises BookCorrupt where the message does not follow its schema: the payments were checked as they came in.
    """
    if kind is FileKind.CREDIT_TRANSFER:
        made = _transfers(settings, items, today)
        schema = settings.base_schema
    else:
        made = _debits(settings, items, today, is_used)
        schema = settings.debit_schema
    content = _with_ids(made, schema, message_id, now, _extras(settings, kind, items))
    try:
        _schema(schema).validate(content.decode())
    except XMLSchemaValidationError as error:
        raise BookCorrupt(
            Phrase(
                "bank file {file} does not follow {schema} ({reason})",
                file=message_id,
                schema=schema,
                reason=error.reason,
            )
        ) from error
    return content


def batch_ids(content: bytes) -> dict[str, list[str]]:
    """References of the payments in each part of a message that was written here, by the part's id, in order."""
    root = ET.fromstring(content)  # noqa: S314 - written by ourselves
    return {
        info.findtext("{*}PmtInfId", ""): [element.text or "" for element in info.iterfind(".//{*}EndToEndId")]
        for info in root.iterfind(".//{*}PmtInf")
    }


def _transfers(settings: BankSettings, items: Sequence[BankFileItem], today: date) -> bytes:
    message = SepaTransfer(_own(settings), schema=settings.base_schema, clean=False)
    for item in items:
        payment = _common(item)
        payment["execution_date"] = execution_day(settings, FileKind.CREDIT_TRANSFER, item.due_on, today)
        message.add_payment(payment)
    written: bytes = message.export(validate=False)
    return written


def _debits(
    settings: BankSettings, items: Sequence[BankFileItem], today: date, is_used: Callable[[BankFileItem], bool]
) -> bytes:
    own = _own(settings) | {"creditor_id": compact(settings.creditor_id), "instrument": settings.debit_scheme}
    message = SepaDD(own, schema=settings.debit_schema, clean=False)
    seen: set[tuple[str, str]] = set()
    for item in items:
        mandate = item.participant, item.details["mandate_id"]
        later = mandate in seen or is_used(item)
        seen.add(mandate)
        payment = _common(item)
        payment["type"] = item.details.get("mandate_sequence") or (LATER if later else FIRST)
        payment["mandate_id"] = item.details["mandate_id"]
        payment["mandate_date"] = date.fromisoformat(item.details["mandate_signed_on"])
        payment["collection_date"] = execution_day(settings, FileKind.DIRECT_DEBIT, item.due_on, today)
        message.add_payment(payment)
    written: bytes = message.export(validate=False)
    return written


def _own(settings: BankSettings) -> dict[str, object]:
    own: dict[str, object] = {
        "name": sepa_text(settings.holder, NAME_CHARS),
        "IBAN": settings.own_account,
        "batch": True,
        "currency": settings.currency,
    }
    if settings.is_swiss:
        own["domestic"] = settings.currency == "CHF"
    if settings.address:
        own["address"] = _address(settings.address)
    return own | ({"BIC": compact(settings.bic)} if settings.bic else {})


def _address(details: Mapping[str, str]) -> dict[str, str]:
    """An address by the names that sepaxml has for its parts."""
    return {
        name: sepa_text(details[part], chars) for part, (name, chars) in _ADDRESS_PARTS.items() if details.get(part)
    }


def _common(item: BankFileItem) -> dict[str, object]:
    payment: dict[str, object] = {
        "name": holder_name(item.participant, item.details.get("name", "")),
        "IBAN": compact(item.details["iban"]),
        "amount": item.minor,
        "description": remittance(item),
        "endtoend_id": item.reference,
    }
    address = _address(item.details)
    if address:
        payment["address"] = address
    bic = item.details.get("bic", "")
    return payment | ({"BIC": compact(bic)} if bic else {})


def _extras(settings: BankSettings, kind: FileKind, items: Sequence[BankFileItem]) -> _Extras:
    if kind is not FileKind.CREDIT_TRANSFER:
        return _Extras()
    references = {
        item.reference: compact(item.details["qr_reference"]) for item in items if item.details.get("qr_reference")
    }
    is_domestic = settings.is_swiss and settings.currency == "CHF"
    return _Extras(settings.instant, settings.execution_time, is_domestic, references)


def _with_ids(written: bytes, schema: str, message_id: str, now: int, extras: _Extras) -> bytes:
    """The message under our own id and time; each part is named by its number, each bank by something."""
    namespace = f"urn:iso:std:iso:20022:tech:xsd:{schema}"
    ET.register_namespace("", namespace)
    root = ET.fromstring(written)  # noqa: S314 - written by ourselves
    created = datetime.fromtimestamp(now // _MICROSECONDS, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    for path, value in (("MsgId", message_id), ("CreDtTm", created)):
        for element in root.iterfind(f"./*/{{*}}GrpHdr/{{*}}{path}"):
            element.text = value
    for number, element in enumerate(root.iterfind(".//{*}PmtInfId"), start=1):
        element.text = f"{message_id}-{number}"
    for element in root.iterfind(".//{*}FinInstnId"):
        # A bank without a BIC is told by the account alone; left empty, some banks refuse the file.
        if len(element) == 0:
            other = ET.SubElement(element, f"{{{namespace}}}Othr")
            ET.SubElement(other, f"{{{namespace}}}Id").text = "NOTPROVIDED"
    _add_extras(root, f"{{{namespace}}}", extras)
    return bytes(ET.tostring(root, encoding="UTF-8", xml_declaration=True))


def _add_extras(root: ET.Element, tag: str, extras: _Extras) -> None:
    for part in root.iterfind(".//{*}PmtInf"):
        kind = part.find("{*}PmtTpInf")
        if extras.instant and kind is not None:
            ET.SubElement(ET.SubElement(kind, f"{tag}LclInstrm"), f"{tag}Cd").text = "INST"
        day = part.find("{*}ReqdExctnDt/{*}Dt")
        if extras.execution_time and day is not None:
            day.tag, day.text = f"{tag}DtTm", f"{day.text}T{extras.execution_time}:00"
        charges = part.find("{*}ChrgBr")
        if extras.domestic and charges is not None:
            # Within Switzerland each side bears its own charges, and nobody may say otherwise.
            part.remove(charges)
    for payment in root.iterfind(".//{*}CdtTrfTxInf"):
        reference = extras.qr_references.get(payment.findtext("{*}PmtId/{*}EndToEndId", ""))
        text = payment.find("{*}RmtInf")
        if reference and text is not None:
            text.clear()
            creditor = ET.SubElement(ET.SubElement(text, f"{tag}Strd"), f"{tag}CdtrRefInf")
            kind = ET.SubElement(ET.SubElement(creditor, f"{tag}Tp"), f"{tag}CdOrPrtry")
            ET.SubElement(kind, f"{tag}Prtry").text = "QRR"
            ET.SubElement(creditor, f"{tag}Ref").text = reference


@cache
def _schema(name: str) -> XMLSchema:
    """A schema of ISO 20022, as sepaxml brings it; it takes a second to read."""
    return XMLSchema(Path(_sepaxml).parent / "schemas" / f"{name}.xsd")


def _day(text: str) -> date | None:
    try:
        return written_date(text, EARLIEST)
    except ValueError:
        return None
