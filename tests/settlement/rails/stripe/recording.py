"""A handler of Stripe's events that notes what it saw."""

from collections.abc import Sequence

from settlement.rails.port import PaymentAttempt, RailAccount
from settlement.rails.stripe import ResourceKind, ResourceRef

from .conftest import Scene


class RecordingHandler:
    """Stands for those who keep payments and shops: looks again where it is told to, and notes what changed."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.attempts: dict[str, PaymentAttempt] = {}
        self.accounts: dict[str, RailAccount] = {}
        self.known: dict[ResourceRef, object] = {}
        self.effects: list[tuple[ResourceRef, object]] = []

    @property
    def by_account(self) -> dict[str, RailAccount]:
        return {account.details["account"]: account for account in self.accounts.values()}

    def keeps(self, *attempts: PaymentAttempt) -> Sequence[PaymentAttempt]:
        self.attempts |= {attempt.key: attempt for attempt in attempts}
        return attempts

    def __call__(self, hints: Sequence[ResourceRef]) -> set[ResourceRef]:
        assert len(set(hints)) == len(hints)
        return {hint for hint in hints if self.looks_at(hint)}

    def looks_at(self, hint: ResourceRef) -> bool:
        now: object
        if hint.about is ResourceKind.PAYMENT and hint.subject in self.attempts:
            now = self.scene.rail.observe([self.attempts[hint.subject]])[0].status
        elif hint.about is ResourceKind.PARTICIPANT and hint.subject in self.accounts:
            now = self.scene.onboarding.refresh(self.accounts[hint.subject])
        elif hint.about is ResourceKind.ACCOUNT and hint.subject in self.by_account:
            now = self.scene.onboarding.refresh(self.by_account[hint.subject])
        elif hint.about is ResourceKind.BALANCE:
            now = self.scene.rail.available_minor("EUR")
        else:
            return False
        if self.known.get(hint) != now:
            self.known[hint] = now
            self.effects.append((hint, now))
        return True

    def became(self, attempt: PaymentAttempt) -> list[object]:
        """What a payment was seen to become, one after the other."""
        return [now for hint, now in self.effects if hint.subject == attempt.key]
