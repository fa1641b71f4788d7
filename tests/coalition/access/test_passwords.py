"""Passwords: what is known from a leak, or soon guessed from one, can't be chosen."""

from time import process_time

import pytest

from coalition.access.errors import PasswordWeak
from coalition.access.passwords import CHARS_MAX, hash_password, is_password

ANN = "ann.baker@sommer.example"


@pytest.mark.parametrize(
    "password",
    [
        "1qaz2wsx3edc",  # on every list
        "password1234",
        "ｐａｓｓｗｏｒｄ１２３４",
        "Passw0rd!Passw0rd!",
        "qwertyuiop123",
        "iloveyou2024!",
        "abcabcabcabc",
        "aaaaaaaaaaaaaaaa",
        "123456789012",
        "coalition2024!",
        ANN,
        ANN.upper(),
    ],
)
def test_what_is_leaked_or_soon_guessed_is_refused(password: str) -> None:
    with pytest.raises(PasswordWeak, match="too easy to guess, or known from a leak"):
        hash_password(password, ANN)


@pytest.mark.parametrize("password", ["short", "x" * (CHARS_MAX + 1)])
def test_too_short_and_too_long_are_refused(password: str) -> None:
    with pytest.raises(PasswordWeak, match="12 to 200 characters"):
        hash_password(password, ANN)


@pytest.mark.parametrize(
    "password",
    [
        "we sell bread on Mondays",
        "面包店每周一早上六点开门营业吧",
        "correct horse battery staple",
        "tR7#qLw9!zPm2",
        " ".join(f"line {n} of a poem" for n in range(12))[:CHARS_MAX],
    ],
)
def test_a_sentence_of_ones_own_is_taken(password: str) -> None:
    assert is_password(password, hash_password(password, ANN))


@pytest.mark.parametrize(
    "typed",
    [
        "ten blue bees at the café ",
        " ten blue bees at the café",
        "Ten blue bees at the café",
        "ten  blue bees at the café",
        "ten blue bees at the cafe\u0301",
        "ten blue bees at the ｃafé",
        "ten blue bees at the caf",
    ],
)
def test_a_password_is_checked_exactly_as_it_is_typed(typed: str) -> None:
    password = "ten blue bees at the café"  # noqa: S105 - nobody's
    kept = hash_password(password, ANN)
    assert (is_password(password, kept), is_password(typed, kept)) == (True, False)
    assert is_password(typed, hash_password(typed, ANN))


def test_the_end_of_a_long_password_counts() -> None:
    password = " ".join(f"line {n} of a poem" for n in range(12))[: CHARS_MAX - 1]
    assert not is_password(password + "a", hash_password(password + "b", ANN))


def test_a_password_is_kept_as_argon2id_and_an_unknown_one_takes_as_long() -> None:
    text = "a sentence about seven green herons"
    kept = hash_password(text, ANN)
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")

    def seconds(stored: str | None) -> float:
        started = process_time()
        for _ in range(5):
            is_password("another sentence", stored)
        return process_time() - started

    # Without a hash to compare with it would take a thousandth of that.
    assert 0.3 < seconds(None) / seconds(kept) < 3
