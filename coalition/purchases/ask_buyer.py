"""Ask a member to let a shop take points: in their wallet, without a code."""

from coalition.alliance import Alliance
from coalition.paycodes.confirm import Confirmation, request_confirmation
from coalition.purchases.identify_buyer import BuyerNamed, member_of_contact


def ask_buyer(alliance: Alliance, named: BuyerNamed, shop: str, amount_minor: int) -> Confirmation:
    """Ask the member of an id or a contact, for a sale of an amount in minor units.

    Raises MemberUnknown, ContactInvalid, ContactUnknown, MemberFrozen, SpendLocked.
    """
    member = member_of_contact(alliance, named) if named.by_contact else named.member or ""
    return request_confirmation(alliance, member, shop, amount_minor, by_contact=named.by_contact)
