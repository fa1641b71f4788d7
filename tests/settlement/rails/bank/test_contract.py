"""The bank rail under the contract of all rails, with SEPA messages and with tables."""

from collections.abc import Callable

import pytest

from settlement.ledger import Book
from settlement.rails.bank import BankSettings, give_up_payment
from settlement.rails.port import Direction, PaymentAttempt, RailAccount
from tests.settlement.rails.contract import RailContract, World
from tests.support.bank import Bank, csv_settings, sepa_settings, shop_account
from tests.support.clock import Clock


class BankWorld(World):
    """A bank that reports what a test makes it do. What is sent is exported before the bank acts on it."""

    def __init__(self, book: Book, settings: BankSettings, clock: Clock) -> None:
        self.bank = Bank(book, settings, clock)
        self.rail = self.bank.rail

    def account(self, direction: Direction) -> RailAccount:
        return shop_account()

    def unusable(self, direction: Direction) -> RailAccount | None:
        if self.bank.settings.kind_of(direction).is_sepa:
            return shop_account(iban="NL91ABNA0417164301")
        return shop_account(iban="") if direction is Direction.PAY else None

    def settle(self, attempt: PaymentAttempt) -> None:
        self.bank.export()
        self.bank.pay(attempt)

    def refuse(self, attempt: PaymentAttempt) -> None:
        self.bank.export()
        if self.bank.settings.kind_of(attempt.direction).is_sepa:
            self.bank.refuse(attempt)
        else:
            give_up_payment(self.bank.book, self.bank.settings, attempt.key, "ann", "the bank says no")

    def send_back(self, attempt: PaymentAttempt) -> None:
        self.bank.send_back(attempt)

    def fund(self, minor: int) -> None:
        """A bank account has what it has."""


class TestSepa(RailContract):
    @pytest.fixture
    def world(self, book: Callable[..., Book], clock: Clock) -> World:
        return BankWorld(book(), sepa_settings(), clock)


class TestTables(RailContract):
    @pytest.fixture
    def world(self, book: Callable[..., Book], clock: Clock) -> World:
        return BankWorld(book(), csv_settings(), clock)
