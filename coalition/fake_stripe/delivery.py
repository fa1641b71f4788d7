"""The postman: takes webhooks that are due to their receivers, in the background, one at a time."""

import http.client
import threading
import time
from urllib.parse import urlsplit

from coalition.fake_stripe.machine import Machine
from coalition.fake_stripe.webhooks import signature

PATIENCE_SECONDS = 5.0


class Postman(threading.Thread):
    """A thread that delivers what is due. `lock` guards the machine; only bringing a letter happens without it."""

    def __init__(self, machine: Machine, lock: threading.Lock) -> None:
        super().__init__(name="stripe-webhooks", daemon=True)
        self.machine, self.lock = machine, lock
        self._something = threading.Event()
        self._over = False
        machine.on_due = self._something.set

    def wake(self) -> None:
        """The clock moved: something may be due now."""
        self._something.set()

    def stop(self) -> None:
        """End after the letter under way, and wait for it."""
        self._over = True
        self._something.set()
        self.join()

    def run(self) -> None:
        """Deliver until stopped."""
        while not self._over:
            self._something.wait()
            self._something.clear()
            while not self._over and self._deliver_next():
                pass

    def _deliver_next(self) -> bool:
        with self.lock:
            # Kept at hand until the report: the machine may start over meanwhile, with another post.
            post = self.machine.post
            delivery = post.next_due()
            if delivery is None:
                return False
            url, body, secret = post.letter(delivery)
        status, why = _bring(url, body, secret) if url else (200, "the endpoint is gone")
        with self.lock:
            post.report(delivery, status, why)
        return True


def _bring(url: str, body: str, secret: str) -> tuple[int | None, str]:
    """POST a letter; redirects are not followed. The status, or None and why there was none.

    It is signed with the real time, not with the movable clock's: the receiver compares with its own real clock.
    """
    parts = urlsplit(url)
    connect = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = connect(parts.netloc, timeout=PATIENCE_SECONDS)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Stripe-Signature": signature(body, secret, int(time.time())),
        "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
    }
    path = parts.path or "/"
    try:
        connection.request("POST", f"{path}?{parts.query}" if parts.query else path, body.encode(), headers)
        return connection.getresponse().status, ""
    except (OSError, http.client.HTTPException) as error:
        return None, f"{type(error).__name__}: {error}"
    finally:
        connection.close()
