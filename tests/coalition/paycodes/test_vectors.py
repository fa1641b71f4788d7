"""Client and phone make the codes that the server takes for proven."""

import json
from pathlib import Path
from typing import Any

import pytest

from coalition.client import make_pay_code
from coalition.paycodes.code import RECOGNISED_STEPS, STEP_SECONDS, proven_step, scan

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "data" / "pay_codes.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["code"])
def test_the_client_makes_the_code(vector: dict[str, Any]) -> None:
    for seconds in (0, STEP_SECONDS - 1):
        assert make_pay_code(vector["key"], vector["number"], vector["step"] * STEP_SECONDS + seconds) == vector["code"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["code"])
def test_a_code_proves_its_step(vector: dict[str, Any]) -> None:
    scanned = scan(vector["code"])
    assert scanned is not None
    assert scanned.number == int(vector["number"])
    for off in (-RECOGNISED_STEPS, 0, RECOGNISED_STEPS):
        assert proven_step(bytes.fromhex(vector["key"]), scanned.mac, vector["step"] + off) == vector["step"]
    assert proven_step(b"another key", scanned.mac, vector["step"]) is None


@pytest.mark.parametrize("text", ["", "29", "4006381333931", "28" + "0" * 18, "29" + "0" * 19, "29" + "٠" * 18])
def test_what_has_another_form_is_no_code(text: str) -> None:
    assert scan(text) is None
