"""Who it is, once more: what a thief could keep a stolen session with takes the password, where the last proof is old.

A form that may ask for it has the fields of the `proof` macro, and a route that takes them depends on `TypedProof`.
"""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Form

from coalition.access.caller import STAFF
from coalition.pages.console.staff_visit import StaffVisit
from coalition.pages.typed import Digits
from coalition.web.prove_session import Proof, prove_session


@dataclass(frozen=True, slots=True)
class ProofTyped:
    """A password, and a code of the authenticator app; both empty where they were not asked for."""

    password: str
    code: str

    def check(self, staff: StaffVisit) -> None:
        """Keep the proof for five minutes, if there is one. Raises LogInRefused and TooManyRequests."""
        if self.password:
            prove_session(staff.visit.request, Proof(self.password, self.code or None), staff.caller)


def _typed(password: Annotated[str, Form(max_length=200)] = "", code: Digits = "") -> ProofTyped:
    return ProofTyped(password, code)


TypedProof = Annotated[ProofTyped, Depends(_typed)]


def has_second_factor(staff: StaffVisit) -> bool:
    """Whether the visitor logs in with a code beside the password."""
    return staff.caller.role in STAFF
