"""The alliance's own account: what can't be used is refused by name."""

import pytest

from settlement.rails.bank import FileKind
from settlement.rails.bank.errors import BankSettingsInvalid
from tests.support.bank import csv_settings, sepa_settings


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("holder", "  "),
        ("account", "DE89370400440532013001"),
        ("bic", "COBA"),
        ("creditor_id", ""),
        ("creditor_id", "DE97ZZZ09999999999"),
        ("pay", FileKind.DIRECT_DEBIT),
        ("collect", FileKind.PAYMENTS_CSV),
        ("debit_scheme", "COR1"),
        ("transfer_schema", "pain.001.001.02"),
        ("debit_schema", "pain.008.001.01"),
        ("transfer_lead_days", -1),
        ("debit_lead_days", 31),
        ("request_days", 367),
        ("return_days", -1),
        ("currency", "USD"),
        ("name", "my bank"),
        ("name", ""),
    ],
)
def test_a_setting_that_can_not_be_used_is_refused_by_name(field: str, value: object) -> None:
    with pytest.raises(BankSettingsInvalid) as error:
        sepa_settings(**{field: value})
    assert error.value.field == field
    assert str(error.value).startswith(f"{field}: ")


def test_the_oldest_debit_message_needs_the_banks_own_bic() -> None:
    with pytest.raises(BankSettingsInvalid, match="bic"):
        sepa_settings(debit_schema="pain.008.001.02")
    assert sepa_settings(debit_schema="pain.008.001.02", bic="COBADEFFXXX").bic


def test_tables_take_any_currency_and_any_account() -> None:
    settings = csv_settings(account="6222 0000 1111 2222", currency="CNY")
    assert settings.own_account == "6222000011112222"
    with pytest.raises(BankSettingsInvalid, match="account"):
        csv_settings(account=" ")


def test_a_debit_can_come_back_as_long_as_its_scheme_says() -> None:
    assert sepa_settings().days_until_final == 61
    assert sepa_settings(debit_scheme="B2B").days_until_final == 7
    assert sepa_settings(return_days=400).days_until_final == 400
