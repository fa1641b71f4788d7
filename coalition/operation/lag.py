"""How far the events and the webhooks are behind, asked of the database whenever somebody scrapes."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select, text

from coalition.webhooks.tables import webhook_deliveries
from settlement import DatabaseUnusable
from settlement.ledger import Clock, Database

SECOND = 1_000_000
_BEHIND = text(
    "SELECT b.alliance_id, b.next_posting - COALESCE(f.next_posting, 1) FROM books b "
    "LEFT JOIN event_feeds f ON f.alliance_id = b.alliance_id"
)


class Lag(Collector):
    """Gauges by alliance, and whether the database answers at all."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def describe(self) -> list[Metric]:
        """Nothing: to ask the database at the start would keep a server from starting without it."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The gauges now."""
        up = GaugeMetricFamily("coalition_database_up", "1 where the database answers, 0 where it does not.", 1)
        behind = GaugeMetricFamily("coalition_events_behind", "Postings without their event yet.", labels=["alliance"])
        waiting = GaugeMetricFamily("coalition_webhooks_pending", "Webhooks to be delivered.", labels=["alliance"])
        late = GaugeMetricFamily(
            "coalition_webhooks_late_seconds", "How long ago the oldest was due.", labels=["alliance"]
        )
        deliveries = webhook_deliveries.c
        pending = (
            select(deliveries.alliance_id, func.count(), func.min(deliveries.due_at))
            .where(deliveries.ended_at.is_(None))
            .group_by(deliveries.alliance_id)
        )
        try:
            with self._database.engine.connect() as connection:
                for alliance, count in connection.execute(_BEHIND):
                    behind.add_metric([str(alliance)], count)
                for alliance, count, due_at in connection.execute(pending):
                    waiting.add_metric([str(alliance)], count)
                    late.add_metric([str(alliance)], max(0, self._clock() - due_at) // SECOND)
        except DatabaseUnusable:
            up = GaugeMetricFamily("coalition_database_up", "1 where the database answers, 0 where it does not.", 0)
        yield from (up, behind, waiting, late)
