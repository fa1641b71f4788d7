"""A process that does jobs and nothing else, and what the environment says about jobs."""

import signal
import sys
import threading
from contextlib import closing

from coalition.alliance import Alliances
from coalition.app import open_database
from coalition.clock import system_clock
from coalition.jobs.clock_watch import machine_uptime
from coalition.jobs.job import WorkSettings
from coalition.jobs.worker import Worker
from coalition.messaging.set_up import messenger_of, push_contact_of
from coalition.operation.logs import log, set_up_logs
from coalition.payments.check_stripe import stripe_problems
from coalition.payments.rails.stripe import stripe_receivers
from coalition.schedule import job_kinds
from coalition.settings import read_settings
from settlement import SettlementError
from settlement.ledger import Book, Database, book_names


def work_settings() -> WorkSettings:
    """What the environment says about jobs."""
    settings = read_settings()
    return WorkSettings(
        settings.close_grace_minutes * 60,
        settings.webhooks_allow_private,
        messenger=messenger_of(settings),
        push_contact=push_contact_of(settings),
        sms_per_day_max=settings.sms_day_max_minor // settings.sms_price_minor,
        public_url=None if settings.public_url is None else settings.public_url.rstrip("/"),
        language="zh" if settings.language == "zh" else "en",
        uptime=machine_uptime,
    )


def warn_of_stripe(url: str) -> None:
    """Log what has to be changed at Stripe before alliances can settle there: in the background, since a server that
    starts does not wait for Stripe."""
    if read_settings().stripe_key is not None:
        threading.Thread(target=_check_stripe, args=(url,), name="stripe-check", daemon=True).start()


def _check_stripe(url: str) -> None:
    with closing(Database(url)) as database:
        for name in book_names(database):
            try:
                problems = stripe_problems(Book.open(database, name, system_clock)) or ()
            except SettlementError as error:
                problems = (error.sentence,)
            for problem in problems:
                log.warning("stripe_not_ready", alliance=name, why=str(problem))


def work(url: str) -> None:
    """Do the jobs of a database until SIGINT or SIGTERM, then finish what is under way.

    Raises DatabaseUnusable, and BookNotFound and DigitsTooFew where the settings of Stripe can't be used.
    """
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    set_up_logs(sys.stderr)
    with closing(open_database(url)) as database, closing(Alliances(database)) as alliances:
        # What can't be used of the settings is said now, and not by every job.
        stripe_receivers(alliances)
        warn_of_stripe(url)
        worker = Worker(alliances, job_kinds(), work_settings())
        worker.start()
        over.wait()
        worker.stop()
