"""Two beats by mistake: every slot of a job still runs once."""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from core.models import ScheduleSlot
from tests.faults.processes import Program

PATIENCE_SECONDS = 150
SENT = "Sending due task schedules"


@pytest.fixture
def programs(program_environment: dict[str, str], tmp_path: Path) -> Iterator[list[Program]]:
    """Two beats and two workers, all of them real."""
    environment = {**program_environment, "TIEOUT_LOG_LEVEL": "INFO"}
    started = [
        Program(
            ("beat", f"--schedule={tmp_path / name}"), environment, tmp_path / f"{name}.log", level="INFO"
        )
        for name in ("one", "two")
    ] + [
        Program(
            ("worker", "--queues=default", "--pool=solo", f"--hostname={name}@test"),
            program_environment,
            tmp_path / f"{name}.log",
        )
        for name in ("left", "right")
    ]
    yield [program.start() for program in started]
    for program in started:
        program.kill()


def test_two_beats_give_one_run_of_each_missed_slot(programs: list[Program]) -> None:
    long_ago = timezone.now() - timedelta(days=2, hours=1)
    last = long_ago.replace(hour=2, minute=40, second=0, microsecond=0)
    ScheduleSlot.objects.create(job="log-verify", due_at=last, state="skipped")
    due = ScheduleSlot.objects.filter(job="log-verify").exclude(state="skipped")
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and not (
        all(beat.text().count(SENT) > 1 for beat in programs[:2]) and due.filter(state="done").count() >= 2
    ):
        time.sleep(0.5)
    assert [beat.text().count(SENT) > 1 for beat in programs[:2]] == [True, True]
    ran = list(due.order_by("due_at").values_list("due_at", "state", "attempts"))
    nights = [last + timedelta(days=night) for night in range(1, len(ran) + 1)]
    assert ran == [(night, "done", 1) for night in nights]
    assert len(ran) >= 2
    assert list(due.order_by("due_at").values_list("id")) == list(
        due.order_by("finished_at").values_list("id")
    )
