"""Errors in words to the member whom they are about: the API's name a member by their id, for somebody else to read."""

from coalition.errors import CoalitionError
from coalition.gifts.errors import GiftTaken
from coalition.households.errors import AlreadyInHousehold, HouseholdInvitationUnknown, NotInHousehold
from coalition.locale.messages import N_
from coalition.members.errors import ContactTaken, MemberFrozen, SameMember, SpendLocked
from coalition.pages.visit import MemberVisit
from settlement import NamedFact

FROZEN = N_("Your points are frozen while the alliance looks into something. Ask them why.")
OTHER_FROZEN = N_("Nothing can be given to this member or shared with them at the moment.")
HERE_ALREADY = N_("They are in your household already.")
WORDS: dict[type[CoalitionError], str] = {
    SpendLocked: N_("Your points are locked. Unlock them under Me, and try again."),
    SameMember: N_("That is you. Name somebody else."),
    AlreadyInHousehold: N_("You are in a household already. Leave it before you join another one."),
    NotInHousehold: N_("You are in no household any more."),
    HouseholdInvitationUnknown: N_("This invitation is not open any more."),
    ContactTaken: N_(
        "This number or address belongs to another account. Log in with it, or ask the alliance to join the two."
    ),
    GiftTaken: N_("Somebody else took the gift up, or it went back to its giver."),
}


def explain_own(own: MemberVisit, error: NamedFact) -> str:
    """Why something was not done, to the member who wanted it."""
    if isinstance(error, MemberFrozen):
        return own.visit.say(FROZEN if error.member == own.member else OTHER_FROZEN)
    if isinstance(error, AlreadyInHousehold) and error.member != own.member:
        return own.visit.say(HERE_ALREADY)
    words = next((words for kind, words in WORDS.items() if isinstance(error, kind)), None)
    return own.visit.explain(error) if words is None else own.visit.say(words)
