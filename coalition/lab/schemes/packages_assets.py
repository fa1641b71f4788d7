"""The books of the packages model: who holds which asset, how power was made and used, and what waits to be shared."""

from collections.abc import Callable
from dataclasses import dataclass, field

from coalition.lab.numbers import ZERO, Exact
from coalition.lab.schemes.packages_people import ASSETS, PackageMember
from coalition.locale.messages import N_


@dataclass
class Assets:
    """All holdings, in the assets' own units. `price` is the market's price of power, in money.

    `fees` is power that waits for the ranks to share it, `for_providers` what waits for each city's provider.
    """

    price: Exact
    people: dict[str, PackageMember] = field(default_factory=dict)
    total: dict[str, Exact] = field(default_factory=lambda: dict.fromkeys(ASSETS, ZERO))
    made: Exact = ZERO
    used: Exact = ZERO
    fees: Exact = ZERO
    for_providers: dict[str, Exact] = field(default_factory=dict)

    def has(self, member: str, asset: str) -> Exact:
        """What somebody holds of an asset; nobody unknown holds any."""
        return self.people[member].assets[asset] if member in self.people else ZERO

    def add(self, member: str, asset: str, amount: Exact) -> None:
        """Change a holding, whoever held it before."""
        self.people.setdefault(member, PackageMember()).assets[asset] += amount
        self.total[asset] += amount

    def move(self, giver: str, to: str, asset: str, amount: Exact) -> None:
        """Move part of a holding."""
        self.add(giver, asset, -amount)
        self.add(to, asset, amount)

    def make_power(self, member: str, amount: Exact) -> None:
        """New power for somebody."""
        self.add(member, "power", amount)
        self.made += amount

    def use_power(self, member: str, amount: Exact) -> None:
        """Power that is gone for good."""
        self.add(member, "power", -amount)
        self.used += amount

    def charge(self, member: str, fee: Exact, for_provider: Exact) -> None:
        """Take a fee in power, of which a part is the provider's of the member's city."""
        self.add(member, "power", -fee)
        self.fees += fee - for_provider
        if for_provider:
            city = self.people[member].city
            self.for_providers[city] = self.for_providers.get(city, ZERO) + for_provider

    def audit(self, same: Callable[[str, Exact, Exact], None]) -> None:
        """Call `same` with what each sum is of, what it should be and what it is."""
        for asset in ASSETS:
            same(asset, self.total[asset], sum((person.assets[asset] for person in self.people.values()), ZERO))
        waiting = self.fees + sum(self.for_providers.values(), ZERO)
        same(N_("power made"), self.made, self.total["power"] + self.used + waiting)
