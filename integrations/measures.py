"""Figures of connected systems."""

from collections.abc import Iterator

from django.db import connection
from django.utils import timezone

from core.observing.gauges import Gauge, measures, waiting
from integrations.queries.flows import all_flow_figures


@measures
def deliveries() -> Iterator[Gauge]:
    """Measure what is on its way to each system, and how long the oldest due message waits."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT s.code, d.state, count(*), coalesce(extract(epoch FROM now() - min(d.available_at)
                 FILTER (WHERE d.state IN ('pending', 'retry', 'unknown') AND d.available_at <= now()
                   AND coalesce(s.paused_until, now()) <= now() AND s.paused_by = '')), 0)
               FROM integrations_delivery d JOIN integrations_system s ON s.id = d.system_id
               WHERE d.state NOT IN ('delivered', 'superseded', 'waived') GROUP BY 1, 2 ORDER BY 1, 2"""
        )
        rows = cursor.fetchall()
    for system, state, found, _ in rows:
        labels = {"system": system, "state": state}
        yield Gauge("tieout_deliveries", "Messages to other systems that are not done.", found, labels)
    yield waiting(max((age for *_, age in rows), default=0), "erp")


@measures
def systems() -> Iterator[Gauge]:
    """Measure how far each system's changes were read, and whether it may be called."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT code, extract(epoch FROM now() - cursor_read_at),
                 (paused_by <> '' OR coalesce(paused_until, now()) > now())::int
               FROM integrations_system ORDER BY code"""
        )
        for code, age, paused in cursor.fetchall():
            yield Gauge(
                "tieout_system_paused", "1 while nothing is sent to the system.", paused, {"system": code}
            )
            if age is not None:
                text = "Time since the system's changes were last read."
                yield Gauge("tieout_system_read_age_seconds", text, age, {"system": code})


@measures
def flows() -> Iterator[Gauge]:
    """Measure each flow of the last day against its objective."""
    for flow in all_flow_figures(now=timezone.now()):
        labels = {"flow": flow.flow, "system": flow.system}
        yield Gauge("tieout_flow_objective_seconds", "How long one piece may take.", flow.objective, labels)
        yield Gauge("tieout_flow_late", "Pieces that took or wait longer than that.", flow.late, labels)
        yield Gauge("tieout_flow_through", "Pieces that ended within a day.", flow.through, labels)
        text = "Age of the oldest piece that is on its way."
        yield Gauge("tieout_flow_oldest_seconds", text, flow.oldest or 0, labels)
        if flow.lag is not None:
            yield Gauge("tieout_flow_lag_seconds", "What 95 of 100 pieces took at most.", flow.lag, labels)
