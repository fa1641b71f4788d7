"""A town that a server of its own serves, over a bad line: for tills that lose it, and that come back."""

import json
import subprocess
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from coalition.access.caller import Role
from coalition.access.key_store import add_key, begun
from coalition.access.tokens import new_token
from coalition.clock import system_clock
from coalition.members.add_members import add_contact
from coalition.members.contacts import Contact
from settlement.audit import audit_book
from settlement.ledger.tables import tallies
from tests.pages.bad_line import BadLine
from tests.support.books import check_book
from tests.support.served import Site
from tests.support.tills import PIN
from tests.support.town_api import MEMBERS

SHOP = "cafe"
_keys = count(1)


class CounterSite:
    """The café, its server, and the line to it. Each member has an e-mail address."""

    def __init__(self, folder: Path) -> None:
        self.site = Site(f"sqlite:///{folder}/town.db", folder)
        self.app_key = new_token(self.site.book.alliance_id)
        with self.site.database.engine.begin() as connection:
            key = begun(self.app_key, Role.APP, "wallet", "", system_clock())
            add_key(connection, self.site.book.alliance_id, self.app_key, key)
            for member in MEMBERS:
                contact = Contact("email", f"{member}@example.org")
                add_contact(connection, self.site.book.alliance_id, member, contact, system_clock())
        self.line = BadLine(self.site.port)
        self._process: subprocess.Popen[bytes] | None = None

    @contextmanager
    def served(self) -> Iterator["CounterSite"]:
        """The server is up at the beginning of a `with`, and the books are closed at its end."""
        self.start()
        self.ask("POST", f"/v1/shops/{SHOP}/cashiers", {"name": "Karla", "pin": PIN})
        try:
            yield self
        finally:
            self.kill()
            self.line.close()
            self.site.database.close()

    def start(self) -> None:
        """Start the server, where it was killed."""
        self._serving = self.site.served()
        self._process = self._serving.__enter__()

    def kill(self) -> None:
        """Kill the server, whatever it does."""
        if self._process is not None:
            self._serving.__exit__(None, None, None)
            self._process = None

    def ask(self, method: str, path: str, body: object = None, *, app: bool = False, **headers: str) -> Any:
        """Ask the server as the alliance, or as its wallet app, past the line."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.site.port}{path}",
            None if body is None else json.dumps(body).encode(),
            {
                "Authorization": f"Bearer {self.app_key.text if app else self.site.key}",
                "Content-Type": "application/json",
                "Idempotency-Key": f"operator-{next(_keys)}",
                **{name.replace("_", "-"): value for name, value in headers.items()},
            },
            method=method,
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            content = answer.read()
            return {**(json.loads(content) if content else {}), "etag": answer.headers.get("ETag")}

    def till_url(self) -> str:
        """Where a new till of the café's is connected."""
        return f"{self.line.url}/till#{self.ask('POST', f'/v1/shops/{SHOP}/till-codes')['code']}"

    def six_digits(self, member: str) -> str:
        """What a member reads out."""
        return str(self.ask("POST", f"/v1/members/{member}/short-codes", app=True)["code"])

    def allow_offline(self, per_day: int) -> None:
        """Let each till make so many sales a day offline."""
        settings = self.ask("GET", "/v1/settings/tills")
        etag = settings.pop("etag")
        self.ask("PUT", "/v1/settings/tills", {**settings, "offline_sales_per_day": per_day}, If_Match=etag)

    def points(self, member: str) -> int:
        """What a member has."""
        return int(self.ask("GET", f"/v1/wallets/{member}", app=True)["points"])

    def purchases(self) -> list[dict[str, Any]]:
        """All that was ever booked at the café."""
        booked, cursor = [], ""
        while True:
            page = self.ask("GET", f"/v1/purchases?shop={SHOP}&limit=100{cursor}")
            booked += page["data"]
            if page["next_cursor"] is None:
                return booked
            cursor = f"&cursor={page['next_cursor']}"

    def standing(self) -> list[dict[str, Any]]:
        """Purchases that were not undone."""
        return [each for each in self.purchases() if each["refunded_minor"] < each["amount_minor"]]

    def check(self) -> None:
        """Wallets, windows and the audit say the same: what was booked, and nothing else."""
        standing = self.standing()
        refs = Counter(each["external_ref"] for each in standing)
        assert max(refs.values()) == 1
        earned, spent = (sum(each[name] for each in standing) for name in ("points_earned", "points_spent"))
        wallets = sum(self.points(member) for member in MEMBERS)
        assert wallets == earned - spent
        mine = tallies.c.alliance_id == self.site.book.alliance_id
        sums = [func.sum(tallies.c[name]) for name in ("issued", "redeemed_own", "redeemed_elsewhere", "expired")]
        with self.site.database.engine.connect() as connection:
            issued, own, elsewhere, expired = connection.execute(select(*sums).where(mine)).one()
        assert issued - own - elsewhere - expired == wallets
        check_book(self.site.book)
        with closing(self.site.database.session()) as session:
            assert audit_book(self.site.book, session).ok
