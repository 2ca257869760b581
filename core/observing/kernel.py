"""The kernel's own figures."""

from collections.abc import Iterator

from django.db import connection

from core.observing.gauges import Gauge, measures, waiting


@measures
def reactions() -> Iterator[Gauge]:
    """Measure what events still owe."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FILTER (WHERE state = 'pending'), count(*) FILTER (WHERE state = 'dead'),
                 coalesce(extract(epoch FROM now() - min(available_at)
                   FILTER (WHERE state = 'pending' AND available_at <= now())), 0)
               FROM core_reaction WHERE state <> 'done'"""
        )
        pending, dead, oldest = cursor.fetchone() or (0, 0, 0)
    yield Gauge("tieout_reactions", "Reactions to events that are not done.", pending, {"state": "pending"})
    yield Gauge("tieout_reactions", "Reactions to events that are not done.", dead, {"state": "dead"})
    yield waiting(oldest, "default")


@measures
def exceptions() -> Iterator[Gauge]:
    """Measure the open exceptions by code."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT code, kind, count(*), count(*) FILTER (WHERE due_at < now())
               FROM core_exceptionitem WHERE state IN ('open', 'in_progress') GROUP BY 1, 2 ORDER BY 1, 2"""
        )
        for code, kind, found, overdue in cursor.fetchall():
            labels = {"code": code, "kind": kind}
            yield Gauge("tieout_exceptions_open", "Open exceptions.", found, labels)
            yield Gauge("tieout_exceptions_overdue", "Open exceptions past their due time.", overdue, labels)


@measures
def log() -> Iterator[Gauge]:
    """Measure the event log and its seals."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT coalesce((SELECT max(seq) FROM core_event), 0),
                 (SELECT extract(epoch FROM now() - max(sealed_at)) FROM core_eventseal)"""
        )
        last, sealed = cursor.fetchone() or (0, None)
    yield Gauge("tieout_event_last_number", "Number of the last event.", last)
    if sealed is not None:
        yield Gauge("tieout_seal_age_seconds", "Time since the last seal was put on the event log.", sealed)


@measures
def schedules() -> Iterator[Gauge]:
    """Measure how late each job by the clock is: the age of its oldest slot that is not over."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT job, coalesce(extract(epoch FROM now() - min(due_at)
                 FILTER (WHERE state IN ('pending', 'running', 'retry'))), 0)
               FROM core_scheduleslot GROUP BY job ORDER BY job"""
        )
        for job, late in cursor.fetchall():
            text = "Age of the job's oldest due time that is not over."
            yield Gauge("tieout_schedule_late_seconds", text, late, {"job": job})
