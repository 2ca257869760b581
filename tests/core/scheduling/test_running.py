"""Jobs by the clock: one run per slot, missed slots in order, failures visible and given up in the end."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.test import Client

from core.models import ExceptionItem, ScheduleSlot
from core.scheduling.registry import Schedule
from core.scheduling.running import GIVE_UP_AFTER, run_schedules

NOW = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Job:
    """A job that remembers for which times it ran, and fails when it is told to."""

    def __init__(self) -> None:
        self.ran: list[datetime] = []
        self.fails = False

    def __call__(self, due_at: datetime) -> str:
        self.ran.append(due_at)
        if self.fails:
            raise ValueError("the ledger is away")
        return f"Run {len(self.ran)}."


def hourly(job: Job) -> Schedule:
    return Schedule("test-hourly", job, HOUR, timedelta(minutes=20))


def slots() -> list[tuple[int, str, int, str]]:
    rows = ScheduleSlot.objects.filter(job="test-hourly").order_by("due_at")
    return [(row.due_at.hour, row.state, row.attempts, row.outcome or row.error) for row in rows]


@pytest.mark.parametrize(
    ("every", "offset", "expected"),
    [
        (HOUR, timedelta(minutes=20), datetime(2026, 11, 20, 12, 20, tzinfo=UTC)),
        (timedelta(days=1), timedelta(hours=2), datetime(2026, 11, 20, 2, tzinfo=UTC)),
        (timedelta(days=1), timedelta(hours=13), datetime(2026, 11, 19, 13, tzinfo=UTC)),
    ],
)
def test_the_last_due_time(every: timedelta, offset: timedelta, expected: datetime) -> None:
    assert Schedule("x", Job(), every, offset).last_due(NOW) == expected


@pytest.mark.django_db
def test_a_new_job_begins_with_its_next_slot_and_missed_slots_are_caught_up_in_order() -> None:
    job = Job()
    assert run_schedules([hourly(job)], now=NOW) == 0
    assert slots() == [(12, "skipped", 0, "The schedule begins after this.")]
    assert run_schedules([hourly(job)], now=NOW + 3 * HOUR) == 3
    assert run_schedules([hourly(job)], now=NOW + 3 * HOUR) == 0
    assert job.ran == [datetime(2026, 11, 20, hour, 20, tzinfo=UTC) for hour in (13, 14, 15)]
    assert slots()[1:] == [(13, "done", 1, "Run 1."), (14, "done", 1, "Run 2."), (15, "done", 1, "Run 3.")]


@pytest.mark.django_db
def test_a_failure_holds_later_slots_back_until_it_is_given_up_with_an_exception() -> None:
    job, now = Job(), NOW + 2 * HOUR
    run_schedules([hourly(job)], now=NOW)
    job.fails = True
    run_schedules([hourly(job)], now=now)
    run_schedules([hourly(job)], now=now)
    assert slots()[1:] == [(13, "retry", 1, "ValueError: the ledger is away"), (14, "pending", 0, "")]
    for _ in range(GIVE_UP_AFTER - 2):
        ScheduleSlot.objects.update(available_at=NOW)
        run_schedules([hourly(job)], now=now)
    assert not ExceptionItem.objects.exists()
    ScheduleSlot.objects.update(available_at=NOW)
    run_schedules([hourly(job)], now=now)
    assert slots()[1][:3] == (13, "failed", GIVE_UP_AFTER)
    item = ExceptionItem.objects.get()
    assert (item.code, item.state, item.cause_key) == (
        "schedule_failed",
        "open",
        "schedule_failed:test-hourly",
    )
    job.fails = False
    ScheduleSlot.objects.update(available_at=NOW)
    run_schedules([hourly(job)], now=now)
    assert slots()[2][1] == "done"
    assert ExceptionItem.objects.get().state == "resolved"


@pytest.mark.django_db
def test_a_slot_left_behind_by_a_dead_worker_is_run_again_and_not_for_ever() -> None:
    job = Job()
    run_schedules([hourly(job)], now=NOW)
    left = {"job": "test-hourly", "due_at": NOW + HOUR - timedelta(minutes=10), "state": "running"}
    slot = ScheduleSlot.objects.create(**left, attempts=1)
    run_schedules([hourly(job)], now=NOW + HOUR)
    assert slots()[1] == (13, "done", 2, "Run 1.")
    ScheduleSlot.objects.filter(pk=slot.pk).update(state="running", attempts=GIVE_UP_AFTER, outcome="")
    run_schedules([hourly(job)], now=NOW + HOUR)
    assert slots()[1] == (13, "failed", GIVE_UP_AFTER, "The worker ended while the job ran.")
    assert len(job.ran) == 1


@pytest.mark.django_db(transaction=True)
def test_of_several_at_once_one_runs() -> None:
    job, together = Job(), Barrier(4)
    run_schedules([hourly(job)], now=NOW)

    def ask() -> None:
        together.wait()
        run_schedules([hourly(job)], now=NOW + 2 * HOUR)
        connection.close()

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run_schedules([hourly(job)], now=NOW + 2 * HOUR)
    assert [row[:3] for row in slots()[1:]] == [(13, "done", 1), (14, "done", 1)]
    assert len(job.ran) == 2


@pytest.fixture
def support(integration_support: object, client: Client) -> Iterator[Client]:
    client.force_login(integration_support)  # type: ignore[arg-type]
    yield client


def test_each_slot_is_seen_with_its_outcome(support: Client) -> None:
    job = Job()
    run_schedules([hourly(job)], now=NOW)
    run_schedules([hourly(job)], now=NOW + HOUR)
    page = support.get("/schedules/?q=test-hourly").content.decode()
    assert "Run 1." in page and "The schedule begins after this." in page
    assert "Run 1." not in support.get("/schedules/?state=failed").content.decode()
