"""IBAN, BIC, creditor identifier, references and letters, each checked as its standard says."""

import re
import string
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settlement.rails.bank.identifiers import (
    IBAN_LENGTHS,
    REFERENCE_CHARS,
    bic_problem,
    creditor_id_problem,
    iban_problem,
    mandate_problem,
    reference_of,
    references_in,
    sepa_text,
)

# Examples of the IBAN registry (ISO 13616).
IBANS = (
    "AD1200012030200359100100",
    "AT611904300234573201",
    "BE68539007547034",
    "CH9300762011623852957",
    "DE89370400440532013000",
    "ES9121000418450200051332",
    "FR1420041010050500013M02606",
    "GB29NWBK60161331926819",
    "IT60X0542811101000000123456",
    "MT84MALT011000012345MTLCAST001S",
    "NL91ABNA0417164300",
    "NO9386011117947",
    "SE4550000000058398257466",
)
LETTERS = string.digits + string.ascii_uppercase


@pytest.mark.parametrize("iban", IBANS)
def test_the_registrys_own_examples_are_ibans(iban: str) -> None:
    assert iban_problem(iban) == ""
    assert iban_problem(" ".join(re.findall(".{1,4}", iban.lower()))) == ""


@pytest.mark.parametrize(
    ("iban", "why"),
    [
        ("", "no IBAN"),
        ("  ", "no IBAN"),
        ("DE8937040044053201300", "has 21 characters"),
        ("DE893704004405320130000", "has 23 characters"),
        ("DE89370400440532013001", "check digits"),
        ("US64SVBKUS6S3300958879", "outside SEPA"),
        ("370400440532013000", "is not an IBAN"),
        ("DE8９370400440532013000", "is not an IBAN"),
        ("DE01370400440532013000", "check digits"),
        ("x" * 5000, "is not an IBAN"),
    ],
)
def test_what_is_no_iban_is_refused_with_the_reason(iban: str, why: str) -> None:
    assert why in iban_problem(iban)
    assert len(iban_problem(iban)) < 120


@given(st.sampled_from(IBANS), st.data())
def test_one_wrong_character_or_two_exchanged_are_always_found(iban: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(4, len(iban) - 1))
    wrong = data.draw(st.sampled_from(LETTERS).filter(lambda letter: letter != iban[place]))
    # Digits and letters weigh differently, so only like for like is sure to be found (ISO 7064).
    if wrong.isdigit() == iban[place].isdigit():
        assert iban_problem(iban[:place] + wrong + iban[place + 1 :]) != ""
    exchanged = [*iban]
    exchanged[place - 1], exchanged[place] = iban[place], iban[place - 1]
    if place > 4 and iban[place] != iban[place - 1] and (iban[place] + iban[place - 1]).isdigit():
        assert iban_problem("".join(exchanged)) != ""


@given(st.text(max_size=40))
def test_no_text_at_all_breaks_the_checks(text: str) -> None:
    for check in (iban_problem, bic_problem, creditor_id_problem, mandate_problem):
        assert isinstance(check(text), str)
    assert isinstance(references_in(text), list)


def test_every_country_of_sepa_has_a_length_that_an_iban_can_have() -> None:
    assert len(IBAN_LENGTHS) == 42
    assert all(15 <= length <= 34 for length in IBAN_LENGTHS.values())


@pytest.mark.parametrize("bic", ["COBADEFF", "COBADEFFXXX", "cobadeffxxx", "BYLADEM1001"])
def test_a_bic_has_8_or_11_characters(bic: str) -> None:
    assert bic_problem(bic) == ""


@pytest.mark.parametrize("bic", ["", "COBADEF", "COBADEFFXX", "1OBADEFF", "COBA1EFF", "COBADEFFXXXX"])
def test_what_is_no_bic_is_refused(bic: str) -> None:
    assert "is not a BIC" in bic_problem(bic)


@pytest.mark.parametrize("creditor", ["DE98ZZZ09999999999", "de98 abc 09999999999", "AT61ZZZ01234567890"])
def test_a_creditor_identifier_leaves_out_the_creditors_own_part_of_its_check(creditor: str) -> None:
    assert creditor_id_problem(creditor) == ""


@pytest.mark.parametrize("creditor", ["", "DE97ZZZ09999999999", "DE98ZZZ", "98DEZZZ09999999999"])
def test_what_is_no_creditor_identifier_is_refused(creditor: str) -> None:
    assert creditor_id_problem(creditor) != ""


@pytest.mark.parametrize("mandate", ["M-1", "a" * 35, "2026/01 x".replace(" ", "-"), "(M):1,2.3'4+5?"])
def test_a_mandate_id_is_of_the_letters_that_banks_take(mandate: str) -> None:
    assert mandate_problem(mandate) == ""


@pytest.mark.parametrize("mandate", ["", "a" * 36, "é", "a b", "/1", "1//2", "M_1", "M\n1"])
def test_what_is_no_mandate_id_is_refused(mandate: str) -> None:
    assert mandate_problem(mandate) != ""


@given(st.integers(1, 2**31 - 1), st.text(min_size=1, max_size=200))
def test_a_reference_is_a_sound_creditor_reference_that_every_field_takes(alliance: int, key: str) -> None:
    reference = reference_of(alliance, key)
    assert len(reference) == REFERENCE_CHARS <= 25
    # ISO 11649: RF, check digits; moved to the end they make a number that leaves 1 by 97.
    assert int("".join(str(int(letter, 36)) for letter in reference[4:] + reference[:4])) % 97 == 1
    assert not set(reference[4:]) & set("ILOU")
    assert reference_of(alliance, key) == reference
    assert reference_of(alliance + 1, key) != reference


@given(
    st.text(alphabet=st.sampled_from("abcxyz,.;:- 019"), max_size=30),
    st.integers(1, 9),
    st.sampled_from(["", " ", "-", "/", "\n", "  "]),
    st.sampled_from([str.lower, str.upper]),
)
def test_a_reference_is_found_however_people_and_banks_write_it(
    before: str, key: int, gap: str, write: Callable[[str], str]
) -> None:
    reference = reference_of(1, str(key))
    written = gap.join(re.findall(".{1,4}", reference))
    text = f"{before} EREF+{write(written)} thanks"
    assert references_in(text) == [reference]


@given(st.integers(1, 10**6), st.integers(2, REFERENCE_CHARS - 1), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_a_slip_in_a_reference_is_found(key: int, place: int, wrong: str) -> None:
    reference = reference_of(1, str(key))
    slipped = reference[:place] + wrong + reference[place + 1 :]
    alike = wrong.isdigit() == reference[place].isdigit()
    if slipped != reference and alike:
        assert references_in(slipped) == []


def test_all_references_of_a_text_are_found_once_each_in_order() -> None:
    first, second = reference_of(1, "a"), reference_of(1, "b")
    assert references_in(f"{second} and {first}, again {second}") == [second, first]
    assert references_in(first + second) == [first, second]


@given(st.text(max_size=300), st.integers(1, 140))
def test_text_for_a_bank_has_only_letters_that_every_bank_takes(text: str, most: int) -> None:
    plain = sepa_text(text, most)
    assert len(plain) <= most
    assert re.fullmatch(r"[A-Za-z0-9/?:().,'+ -]*", plain)
    assert "//" not in plain
    assert plain == plain.strip(" /")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Bäckerei Müller & Söhne", "Backerei Muller Sohne"),
        ("Café «Éléonore»", "Cafe Eleonore"),
        ("老城面包店", "Lao Cheng Mian Bao Dian"),
        ("Łódź Žižkov Αθήνα", "Lodz Zizkov Athena"),
        ("a\tb\nc", "a b c"),
        ("//x//y//", "x/y"),
        ("=1+1", "1+1"),
    ],
)
def test_names_are_written_in_plain_letters(text: str, plain: str) -> None:
    assert sepa_text(text, 70) == plain
