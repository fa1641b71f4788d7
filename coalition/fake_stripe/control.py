"""What the outside world does to the fake: time passes, banks answer, owners click, things go wrong."""

from dataclasses import replace
from typing import Any

from coalition.fake_stripe import accounts, balance, checkout, disputes, payments, platform, refunds, setup_intents
from coalition.fake_stripe.errors import InvalidRequest, ResourceMissing
from coalition.fake_stripe.machine import Machine
from coalition.fake_stripe.world import Object, World


class Control:
    """The levers of one machine. Ids are of any account's books. Raises Refusals, as the API does."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    @property
    def world(self) -> World:
        """The machine's world, a new one after each start."""
        return self.machine.world

    def any(self, object_id: str, *kinds: str) -> tuple[str, Object]:
        """An object of one of the kinds, and whose books it is in. Raises ResourceMissing."""
        known = self.world.objects.get(object_id)
        if known is None or known["object"] not in kinds:
            raise ResourceMissing(" or ".join(kinds), object_id)
        return self.world.owners[object_id], known

    def move_clock(self, to: int | None, advance_seconds: int) -> int:
        """Move to an instant or ahead by some seconds; the new time. Raises InvalidRequest for the past."""
        target = self.world.now + advance_seconds if to is None else to
        if target < self.world.now:
            raise InvalidRequest(f"The clock is at {self.world.now} and only goes forward, not to {target}.")
        self.world.move_to(target)
        return self.world.now

    def _payment(self, payment: str) -> tuple[str, Object]:
        account, known = self.any(payment, "payment_intent", "charge")
        if known["object"] == "payment_intent":
            return account, known
        if known["payment_intent"] is None:
            raise InvalidRequest(f"{payment} is a transfer's arrival, not a payment that a bank could send back.")
        return account, self.world.objects[known["payment_intent"]]

    def settle(self, payment: str) -> Object:
        """A bank debit under way (intent or charge) is paid now. Raises InvalidRequest if its outcome is known."""
        account, intent = self._payment(payment)
        if not payments.succeed(self.world, account, intent):
            raise InvalidRequest(f"{intent['id']} is {intent['status']}; only one in processing can be settled.")
        return intent

    def fail(self, payment: str, code: str) -> Object:
        """A bank debit under way fails now. Raises InvalidRequest if its outcome is known."""
        account, intent = self._payment(payment)
        if not payments.fail(self.world, account, intent, code):
            raise InvalidRequest(f"{intent['id']} is {intent['status']}; only one in processing can fail.")
        return intent

    def dispute(self, payment: str, reason: str, amount: int | None) -> Object:
        """A payment that had succeeded comes back: a bank's return, or a card's chargeback."""
        account, intent = self._payment(payment)
        charge = self.world.objects.get(intent["latest_charge"] or "")
        if charge is None:
            raise InvalidRequest(f"{intent['id']} has no charge yet.")
        return disputes.open_dispute(self.world, account, charge, reason, amount)

    def decide_dispute(self, dispute_id: str, *, won: bool) -> Object:
        """The bank decides a card dispute."""
        account, dispute = self.any(dispute_id, "dispute")
        disputes.decide(self.world, account, dispute, won=won)
        return dispute

    def behave(self, method_id: str, changes: dict[str, Any]) -> Object:
        """Choose what becomes of the next payments with a payment method (the fields of Behaviour)."""
        _, method = self.any(method_id, "payment_method")
        self.world.behaviours[method["id"]] = replace(self.world.behaviours[method["id"]], **changes)
        return method

    def onboard(self, account_id: str) -> Object:
        """The owner finishes onboarding."""
        _, account = self.any(account_id, "account")
        accounts.onboard(self.world, account)
        return account

    def link_is_good(self, token: str) -> bool:
        """Whether an onboarding link can still be used."""
        return token in self.world.links and self.world.links[token][2] > self.world.now

    def use_link(self, token: str) -> str:
        """The owner finishes onboarding by a link, which is used up; where to send them back to."""
        account, return_url, _ = self.world.links.pop(token)
        self.onboard(account)
        return return_url

    def set_up_platform(
        self, country: str, payouts: str = "manual", *, transfers_alone: bool = False, capabilities: bool = True
    ) -> Object:
        """The operator sets up the platform on Stripe's dashboard."""
        return platform.set_up(self.world, country, payouts, transfers_alone=transfers_alone, capabilities=capabilities)

    def fail_payouts(self, account_id: str) -> Object:
        """The bank of an account sends Stripe's payouts back."""
        _, account = self.any(account_id, "account")
        accounts.fail_payouts(self.world, account)
        return account

    def close_account(self, account_id: str) -> None:
        """The owner closes an account."""
        _, account = self.any(account_id, "account")
        accounts.close(self.world, account)

    def verify_deposits(self, intent_id: str) -> Object:
        """The owner says how much the small deposits to a bank account were."""
        account, intent = self.any(intent_id, "setup_intent")
        setup_intents.verify(self.world, account, intent)
        return intent

    def restrict(self, account_id: str, reason: str) -> Object:
        """Stripe stops an account."""
        _, account = self.any(account_id, "account")
        accounts.restrict(self.world, account, reason)
        return account

    def complete_checkout(self, session_id: str, payment_method: str) -> Object:
        """The owner finishes a Checkout page with a payment method."""
        account, session = self.any(session_id, "checkout.session")
        checkout.complete(self.world, account, session, payment_method)
        return session

    def revoke_mandate(self, mandate_id: str) -> Object:
        """The owner of a bank account withdraws a mandate."""
        account, mandate = self.any(mandate_id, "mandate")
        setup_intents.revoke(self.world, account, mandate)
        return mandate

    def fail_refund(self, refund_id: str, reason: str) -> Object:
        """The bank sends a refund back."""
        account, refund = self.any(refund_id, "refund")
        refunds.fail(self.world, account, refund, reason)
        return refund

    def add_funds(self, account: str, amount_minor: int, currency: str) -> Object:
        """Money from outside onto a balance, available at once: a top-up by wire, or a start for a test."""
        self.any(account, "account")
        return balance.post(
            self.world, account, "topup", amount_minor, currency, None, description="Top-up from outside"
        )
