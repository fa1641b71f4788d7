"""What an error or a reason says to people: in their words, where the API names fields, states and commands.

Money is written as everywhere on pages, and a value that programs decide on has a word of its own. An error whose
sentence tells a program what to send says here what a person does.
"""

from collections.abc import Mapping

from coalition.locale.error_text import LocalizedFiller
from coalition.locale.formats import price_text
from coalition.locale.messages import N_
from settlement import NamedFact, Phrase

WORDS = {
    # Who somebody is.
    "owner": N_("owner"),
    "finance": N_("treasurer"),
    "support": N_("support"),
    "manager": N_("manager of a shop"),
    "cashier": N_("cashier"),
    "operator": N_("the alliance's own system"),
    "till": N_("till system"),
    "app": N_("wallet app"),
    "member": N_("member"),
    # Where something stands.
    "applied": N_("not part of it yet"),
    "active": N_("taking part"),
    "suspended": N_("suspended"),
    "leaving": N_("leaving"),
    "left": N_("gone"),
    "pending": N_("waiting"),
    "approved": N_("approved"),
    "done": N_("done"),
    "refused": N_("turned down"),
    "expired": N_("run out"),
    "accepted": N_("accepted"),
    "rejected": N_("rejected"),
    "withdrawn": N_("withdrawn"),
    "confirmed": N_("confirmed"),
    "dismissed": N_("dismissed"),
    "planned": N_("planned"),
    "reserved": N_("being sent"),
    "sent": N_("sent"),
    "paid": N_("paid"),
    "part_paid": N_("paid in part"),
    "over_paid": N_("paid too much"),
    "failed": N_("failed"),
    "ambiguous": N_("unclear"),
    "returned": N_("returned"),
    "cancelled": N_("cancelled"),
    "matched": N_("matched"),
    "booked": N_("booked"),
    # What something is called.
    "phone": N_("phone number"),
    "email": N_("e-mail address"),
    "name": N_("name"),
    "ref": N_("short name"),
    "website": N_("website"),
    "shop": N_("shop"),
    "points": N_("points"),
    "reason": N_("reason"),
    "amount": N_("amount"),
    "minor": N_("amount"),
    "amount_minor": N_("amount"),
    "sales": N_("number of sales"),
    "expires_on": N_("last day"),
    "release_on": N_("first day"),
    "external_ref": N_("own number"),
    "birthday": N_("birthday"),
    "language": N_("language"),
    "by_hand": N_("by hand"),
    "bank": N_("through the bank"),
    "stripe": N_("through Stripe"),
    "deposit": N_("from the deposit"),
}
"""What people call a value that programs decide on, inside a sentence."""
SENT_BEFORE = N_(
    "This form was sent before with other values, and that counted. Open its page again for what you want now."
)
GONE = N_("That waits no more: somebody else has dealt with it. Open the list again.")
SENTENCES: Mapping[str, str] = {
    "ApprovalAwaited": N_(
        "This takes two people, and waits for another person under Approvals now. Once they have approved it, do it "
        "here again."
    ),
    "ApprovalNotDecidable": N_("As {role:code} you can't decide on this: it takes somebody else."),
    "ApprovalNotOpen": N_("This request was decided already, or has run out. Nothing was done now."),
    "AttemptNotFound": N_("No payment has the reference {named:name}. Write it as it stands in the file for the bank."),
    "BankLineNotFound": GONE,
    "ClockJumped": N_(
        "The server's clock went {hours} hours ahead, which can't be. Whoever looks after the server sets it right, or "
        "confirms it. Until then nothing expires and no window closes."
    ),
    "ContactInvalid": N_("This {field:code} can't be used: {why}."),
    "ContactNeeded": N_("Write a phone number or an e-mail address. One of them is enough."),
    "ContactTaken": N_("This {field:code} belongs to another member. Merge the two, or write another one."),
    "ContactsDiffer": N_("The phone number and the e-mail address belong to two different members. Write one of them."),
    "KeyReused": SENT_BEFORE,
    "LineNotFound": GONE,
    "OnlyAccepted": N_("A correction is part of an answer that says that the shop is right."),
    "PaymentNotFound": N_("There is no such payment that you can see."),
    "RequestReused": SENT_BEFORE,
    "RoleNotAllowed": N_("This is for: {roles:code}. You are logged in as: {role:code}."),
    "SecondFactorNeeded": N_("Type the six digits that your authenticator app shows now."),
    "ShopExists": N_("There is a shop {ref:name} already. Choose another short name, or change that shop."),
    "ShopFieldInvalid": N_("This can't be used here. Write it in the form that is asked for."),
    "SameMember": N_("Both are the same member. Name another one."),
    "ThresholdInvalid": N_("Write a number from {least} to {most}."),
    "ThresholdUnknown": N_("The settings have changed meanwhile. Open the page again, and change them there."),
    "PatternHoldsNothing": N_("This one can't hold points: it is about no points of one member that are still there."),
    "TooManyRequests": N_("That was too much at once. Try again in {retry_after_seconds} s."),
    "Unavailable": N_("The database can't be used now. Try again in a moment."),
    "UserExists": N_("Somebody with this e-mail address is in the team already. Change them, or write another one."),
    "UserNotManageable": N_("As {role:code} you can't manage somebody who is: {managed:code}."),
}
"""What errors say to people, by their classes, where their own sentence is for whoever writes a program."""


class PlainFiller(LocalizedFiller):
    """Fills sentences for whoever looks at a page, now or later."""

    def word(self, value: str, form: str) -> str:
        """A value in a word of people, or in quotes."""
        if form == "code":
            return self.translated(WORDS[value]) if value in WORDS else value.replace("_", " ")
        if form == "name":
            return f"“{value}”"
        return super().word(value, form)

    def _money(self, minor: int) -> str:
        if self.settings is None:
            return super()._money(minor)
        return price_text(minor, self.settings.minor_digits, self.settings.currency, self.lang)


def plain_text(filler: PlainFiller, error: NamedFact) -> str:
    """An error as a sentence for people."""
    sentence = SENTENCES.get(type(error).__name__)
    return filler.say(error) if sentence is None else filler.fill(sentence, vars(error))


def plain_reason(filler: PlainFiller, text: str) -> str:
    """A marked sentence, or a part of one, with its values, for people."""
    return filler.fill(text.template, text.values) if isinstance(text, Phrase) else filler.translated(text)
