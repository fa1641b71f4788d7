"""Check proofs of a day's backing with nothing but Python's standard library: `python3 check_backing.py FILE...`

Give all files in order, from the first one on. Each seal is computed anew from the text that it seals and the seal
before it, each figure from the moves in that text; README.md beside this file says what that proves. Exit status 1: it
does not hold.
"""

import gzip
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from math import ceil
from typing import Any

FORMAT = "coalition-backing-1"
GENESIS = sha256(b"settlement").hexdigest()
"""The seal before the first batch of any book."""
LOT, HELD, SETTLEMENT, DEPOSIT, MONEY = 4, 5, 21, 22, 20
"""Kinds of account: points that a member holds, free or locked; what the pool has; deposits; money from here on."""
ESCAPED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
MOVE_DEBIT, MOVE_CREDIT, MOVE_AMOUNT = 8, 9, 10


class ProofBroken(Exception):
    """Something does not hold; says what and where."""


class CheckedBook:
    """A book as far as its files have been read: the last seal, what was agreed on, and every account's balance."""

    def __init__(self) -> None:
        self.seal = GENESIS
        self.batch = 0
        self.accounts: dict[int, tuple[int, str, int, int]] = {}
        self.balances: dict[int, int] = defaultdict(int)
        self.rows: dict[str, dict[int, dict[str, Any]]] = defaultdict(dict)

    def check(self, lines: Iterable[str]) -> dict[str, Any]:
        """One file; returns what it states. Raises ProofBroken."""
        reader = iter(lines)
        stated: dict[str, Any] = json.loads(next(reader))
        if stated.get("format") != FORMAT:
            raise ProofBroken(f"not a file of the format {FORMAT}")
        if (stated["first_batch"], stated["seal_before"]) != (self.batch + 1, self.seal):
            raise ProofBroken(f"it does not follow batch {self.batch} with the seal {self.seal}: a file is missing")
        for line in reader:
            self._take(json.loads(line))
        if (self.batch, self.seal) != (stated["last_batch"], stated["seal"]):
            raise ProofBroken(f"it ends with batch {self.batch}, and states batch {stated['last_batch']}")
        computed = self.figures(stated["minor_digits"])
        for name, figure in computed.items():
            if stated["figures"][name] != figure:
                raise ProofBroken(f"{name}: states {stated['figures'][name]}, and the moves come to {figure}")
        return stated

    def _take(self, batch: dict[str, Any]) -> None:
        sealed = batch["postings"] + batch["moves"] + batch["others"]
        self.batch += 1
        self.seal = sha256(bytes.fromhex(self.seal) + sealed.encode()).hexdigest()
        if (batch["batch"], batch["seal"]) != (self.batch, self.seal):
            raise ProofBroken(f"batch {self.batch}: its rows do not match its seal")
        for row in batch["others"].split("\n")[:-1]:
            word, *cells = row.split("\t")
            if word == "account":
                id_, kind, owner, issuer, _, terms = cells
                self.accounts[int(id_)] = (int(kind), unescaped(owner), int(issuer), int(terms))
            elif word == "row":
                content = json.loads(unescaped(cells[2]))
                if "id" in content:
                    self.rows[cells[1]][content["id"]] = content
        for row in batch["moves"].split("\n")[:-1]:
            cells = [int(cell) for cell in row.split("\t")]
            self.balances[cells[MOVE_DEBIT]] -= cells[MOVE_AMOUNT]
            self.balances[cells[MOVE_CREDIT]] += cells[MOVE_AMOUNT]

    def figures(self, minor_digits: int) -> dict[str, Any]:
        """What members hold and what stands behind it. Raises ProofBroken where points or money came from nowhere."""
        points: dict[str, int] = defaultdict(int)
        worth: dict[str, Fraction] = defaultdict(Fraction)
        deposits: dict[str, int] = defaultdict(int)
        pooled, pool_minor = Fraction(0), 0
        sums = {"points": 0, "money": 0}
        for id_, balance in self.balances.items():
            kind, owner, issuer, terms_id = self.accounts[id_]
            sums["money" if kind >= MONEY else "points"] += balance
            if kind in (LOT, HELD):
                if balance < 0:
                    raise ProofBroken(f"account {id_} of points is below zero")
                terms, ref = self.rows["terms"][terms_id], self.rows["participants"][issuer]["ref"]
                value = balance * 10**minor_digits / Fraction(terms["points_per_unit"])
                points[ref] += balance
                worth[ref] += value
                pooled += value if terms["funding"] == "on_issue" else 0
            elif kind == DEPOSIT:
                deposits[owner] += balance
            elif kind == SETTLEMENT and owner == "pool":
                pool_minor += balance
        if any(sums.values()):
            raise ProofBroken(f"not every point and every cent comes from somewhere: {sums}")
        shops = sorted({ref for ref in points if points[ref]} | {ref for ref in deposits if deposits[ref]})
        return {
            "points": sum(points.values()),
            "worth_minor": ceil(sum(worth.values())),
            "pooled_minor": ceil(pooled),
            "pool_minor": pool_minor,
            "deposits_minor": sum(deposits.values()),
            "shops": [
                {
                    "shop": ref,
                    "points": points[ref],
                    "worth_minor": ceil(worth[ref]),
                    "deposit_minor": deposits[ref],
                }
                for ref in shops
            ],
        }


def unescaped(text: str) -> str:
    """A cell as it was before it was escaped as PostgreSQL's COPY does."""
    letters = iter(text)
    return "".join(letter if letter != "\\" else ESCAPED.get(escaped := next(letters), escaped) for letter in letters)


def lines_of(path: str) -> Iterator[str]:
    """The lines of a file."""
    with gzip.open(path, "rt", encoding="utf-8", newline="\n") as file:
        yield from file


def main(paths: list[str]) -> int:
    """Check files in order, and say what each proves."""
    book = CheckedBook()
    for path in paths:
        try:
            stated = book.check(lines_of(path))
        except (ProofBroken, OSError, EOFError, ValueError, LookupError) as error:
            sys.stderr.write(f"{path}: DOES NOT HOLD: {error}\n")
            return 1
        figures = stated["figures"]
        worth, deposits, pool = (
            Decimal(figures[name]).scaleb(-stated["minor_digits"])
            for name in ("worth_minor", "deposits_minor", "pool_minor")
        )
        sys.stdout.write(
            f"{path}: holds. {stated['alliance']}, end of {stated['day']}: {figures['points']} points, worth {worth} "
            f"{stated['currency']}; deposits {deposits}, pool {pool}. Seal {stated['seal']}\n"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
