"""What an earning rule is: a pure function of a sale and of the part of it that earns.

A kind of rule is one file in `kinds/`, or the `kinds.py` of a plugin: its KIND is the name that an alliance's file
states under `[[earning_rules]]`, and its `read` makes a rule of what else stands there. Each rule is computed from
the sale alone and never from another rule, so a purchase earns the sum of all of them, in whatever order.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from settlement import Calendar

Parameters = Mapping[str, object]
"""What an alliance states for a rule beside its kind. Numbers with decimals are texts, so that they stay exact."""


@dataclass(frozen=True, slots=True)
class Sale:
    """What a rule may look at of a purchase: its amount in minor units, and when it happened.

    `at` are microseconds since 1970 UTC; `calendar` has the alliance's local dates; a unit of money has
    `minor_per_unit` minor units.
    """

    shop: str
    member: str
    amount_minor: int
    at: int
    calendar: Calendar
    minor_per_unit: int


class EarningRule(Protocol):
    """A rule as it is applied to each purchase: inside the poster's batch, so it looks at nothing but the sale."""

    def points(self, sale: Sale, earning_minor: Fraction) -> int:
        """Whole points, zero or more, for what is paid in money and can earn: exact minor units."""


class RuleInvalid(ValueError):
    """What an alliance states for a rule can't be used; the text says what is wrong and what is allowed."""
