"""Server, client and phone make the same codes, and what the phone draws is read by a scanner."""

import json
from pathlib import Path
from typing import Any

import pytest

from coalition.client import make_pay_code
from coalition.paycodes.code import RECOGNISED_STEPS, STEP_SECONDS, make_code, proven_step, scan

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "data" / "pay_codes.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["code"])
def test_server_and_client_make_the_same_code(vector: dict[str, Any]) -> None:
    key, step = bytes.fromhex(vector["key"]), vector["step"]
    assert make_code(key, int(vector["number"]), step) == vector["code"]
    for seconds in (0, STEP_SECONDS - 1):
        assert make_pay_code(vector["key"], vector["number"], step * STEP_SECONDS + seconds) == vector["code"]


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
