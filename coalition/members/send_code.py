"""Send one-time codes to contacts: to members who log in, and to whoever wants to join.

How often a code goes out is limited by contact first: the phones in a shop's network share one address.
"""

import logging
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError

from coalition.access.errors import TooManyRequests
from coalition.access.member_code import CODE_MINUTES, issue_code
from coalition.access.messages import code_message
from coalition.access.rate_limits import (
    CODE_ADDRESS,
    CODE_ADDRESS_DAY,
    CODE_ALLIANCE_DAY,
    CODE_CONTACT,
    CODE_CONTACT_DAY,
    CODE_MEMBER_DAY,
    SMS_ALLIANCE_DAY,
    DailyCap,
)
from coalition.access.shared_rate_limits import SharedRates
from coalition.alliance import Alliance
from coalition.locale.formats import Lang
from coalition.members.log_in import find_recipient, reading_language
from coalition.members.store import resolve_merged
from coalition.messaging.messenger import Messenger, send_or_log

log = logging.getLogger("coalition.access")


@dataclass(frozen=True, slots=True)
class CodeSender:
    """What sends codes: the counters that all processes share, and the way to a phone or a mailbox.

    An alliance pays for at most `sms_per_day_max` messages to phones in a day.
    """

    rates: SharedRates
    messenger: Messenger
    sms_per_day_max: int

    def count_address(self, address: str) -> None:
        """Count a request for a code from an address. Raises TooManyRequests."""
        self.rates.take(CODE_ADDRESS, address)
        self.rates.count(CODE_ADDRESS_DAY, address)

    def count_contact(self, alliance_id: int | None, contact: str) -> None:
        """Count a request for a code to a contact, whether anybody has it or not. Raises TooManyRequests."""
        self.rates.take(CODE_CONTACT, f"{alliance_id}:{contact}")
        self.rates.count(CODE_CONTACT_DAY, f"{alliance_id}:{contact}")

    def send_to_member(self, alliance: Alliance, contact: str, asked_in: Lang) -> None:
        """Send the member of a contact a code to log in with, and nobody else anything."""
        self._send(alliance, contact, asked_in, to_strangers=False)

    def send_to_anybody(self, alliance: Alliance, contact: str, asked_in: Lang) -> None:
        """Send a code to a contact: to join with, or to log in with where it is a member's."""
        self._send(alliance, contact, asked_in, to_strangers=True)

    def send_to_new_contact(self, alliance: Alliance, contact: str, binding: str, member: str, asked_in: Lang) -> None:
        """Send a code to the contact that a member wants: good for nothing but what it is bound to."""
        with alliance.database.engine.connect() as connection:
            language = reading_language(resolve_merged(connection, alliance.id, member).profile.language)
        if self._may_send(alliance, contact, member):
            self._issue(alliance, binding, contact, None, language or asked_in)

    def _send(self, alliance: Alliance, contact: str, asked_in: Lang, *, to_strangers: bool) -> None:
        with alliance.database.engine.connect() as connection:
            recipient = find_recipient(connection, alliance.id, contact)
        member = None if recipient is None else recipient.member
        language = asked_in if recipient is None else recipient.language or asked_in
        sends = recipient is not None or to_strangers
        if not sends or self._may_send(alliance, contact, member or contact):
            # A row is kept in either case, so that both take as long.
            self._issue(alliance, contact, contact if sends else None, member, language)

    def _may_send(self, alliance: Alliance, contact: str, receiver: str) -> bool:
        """Count a code that is about to be sent. Whoever asked for it does not learn that a cap is reached."""
        try:
            self.rates.count(CODE_MEMBER_DAY, f"{alliance.id}:{receiver}")
            if "@" not in contact:
                self.rates.count(DailyCap(SMS_ALLIANCE_DAY, self.sms_per_day_max), str(alliance.id))
            self.rates.count(CODE_ALLIANCE_DAY, str(alliance.id))
        except TooManyRequests as error:
            log.warning("no code sent: alliance %s has reached the limit %s", alliance.id, error.policy)
            return False
        return True

    def _issue(self, alliance: Alliance, bound_to: str, to: str | None, member: str | None, language: Lang) -> None:
        secret, now = alliance.programme.secret, alliance.machine_clock()
        try:
            with alliance.database.engine.begin() as connection:
                code = issue_code(connection, alliance.id, secret, bound_to, member, now)
        except IntegrityError:
            # Another request for this contact came at the same moment, and its code is on the way.
            return
        if to is not None:
            subject, text = code_message(alliance.book.settings.name, code, CODE_MINUTES, language)
            send_or_log(self.messenger, to, subject, text)
