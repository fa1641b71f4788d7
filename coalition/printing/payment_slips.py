"""Print what shops pay each other: a page for the alliance with all payments, and for each payer its own slips.

A slip has the payee's own code (Alipay, WeChat Pay) where it gave one, so that whoever holds the paper can pay.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from coalition.alliance import Alliance
from coalition.locale.formats import Lang, date_text, price_text
from coalition.locale.messages import N_, translate, translate_count
from coalition.merchants.store import all_shops
from coalition.printing.kinds import Paper
from coalition.printing.typeset import qr_drawing, typeset
from settlement import date_of
from settlement.ledger import OPERATOR
from settlement.payments import (
    PaymentContext,
    PaymentRecord,
    PaymentRoute,
    PaymentState,
    collection_code_of,
    payments_where,
)

OPEN = (PaymentState.PLANNED, PaymentState.SENT)
"""States in which a payment from shop to shop is yet to be made, or to be confirmed by its payee."""


def payments_to_print(context: PaymentContext, payer: str | None = None) -> list[PaymentRecord]:
    """Payments from shop to shop that are not over, in order of payer and payee: all, or those of one payer."""
    states = [state.value for state in OPEN]
    rows = payments_where(
        context.book, context.session, "route = ? AND state = ANY(?)", PaymentRoute.DIRECT.value, states
    )
    wanted = (row for row in rows if payer is None or row.participant == payer)
    return sorted(wanted, key=lambda row: (row.participant, row.counterparty, row.id))


def print_payment_slips(
    alliance: Alliance, context: PaymentContext, payments: Sequence[PaymentRecord], paper: Paper, lang: Lang
) -> bytes:
    """A PDF of these payments, which are in order of payer: those of several payers with a list of all in front."""
    names, settings = _names(alliance, context, lang), alliance.book.settings

    def price(minor: int) -> str:
        return price_text(minor, settings.minor_digits, settings.currency, lang)

    def slip(payment: PaymentRecord) -> dict[str, str]:
        code = collection_code_of(context.book, context.session, payment)
        return {
            "payer": names.get(payment.participant, payment.participant),
            "payee": names.get(payment.counterparty, payment.counterparty),
            "amount": price(payment.minor),
            "due": date_text(date_of(payment.due_on), lang),
            "reference": payment.id,
            "qr": qr_drawing(code) if code else "",
        }

    payers: list[dict[str, Any]] = []
    for _, rows in groupby(payments, key=lambda payment: payment.participant):
        of_payer = list(rows)
        total = price(sum(payment.minor for payment in of_payer))
        pays = translate_count(
            "pays {count} shop, {total}", "pays {count} shops, {total} in all", len(of_payer), lang, total=total
        )
        slips = [slip(payment) for payment in of_payer]
        payers.append({"name": slips[0]["payer"], "pays": pays, "slips": slips})
    return typeset(
        "payment_slips.typ",
        {
            "title": translate("Payments from shop to shop", lang),
            "alliance": settings.name,
            "list": len(payers) > 1,
            "total": price(sum(payment.minor for payment in payments)),
            "payers": payers,
            "words": {word: translate(text, lang) for word, text in WORDS.items()},
        },
        paper,
        lang,
        alliance.clock(),
    )


WORDS: Mapping[str, str] = {
    "payer": N_("Payer"),
    "payee": N_("Payee"),
    "amount": N_("Amount"),
    "due": N_("Due"),
    "total": N_("Total"),
    "reference": N_("Reference"),
    "scan": N_("Scan to pay"),
    "no_code": N_("Transfer, or pay in cash"),
    "paid": N_("Paid on"),
    "signed": N_("Received, signed"),
    "confirm": N_("Confirm each payment in your account: the payer that it was paid, the payee that it has come."),
    "none": N_("Nothing is to be paid."),
}


def _names(alliance: Alliance, context: PaymentContext, lang: Lang) -> dict[str, str]:
    """What shops are called, by their refs; the operator is the alliance itself."""
    participants = context.book.config(context.session).by_ref
    with alliance.database.engine.connect() as connection:
        shops = all_shops(connection, alliance.id, dict(participants))
    return {
        OPERATOR: alliance.book.settings.name,
        **{shop.ref: shop.profile.name_in(lang) or shop.ref for shop in shops},
    }
