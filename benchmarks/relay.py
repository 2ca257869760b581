"""Deliver documents to an ERP, against an empty Celery task on the same broker and workers.

    python -m benchmarks.relay 3000

Prints one JSON line. Real processes: PostgreSQL with fsync, Valkey, one Celery worker with two processes,
and an ERP that agrees to everything (`benchmarks.erp`). The floor is the same two processes working off
empty tasks that stand in the queue already. A delivered message is claimed, checked against the customer
there, marked, sent, and completed with its log, reference and event.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.scratch import scratch_database

WORKERS = 2
EMPTY_TASKS = 6000
PATIENCE = 120
_OPTIONS = ("--include=benchmarks.tasks", "--queues=erp", f"--concurrency={WORKERS}", "--loglevel=WARNING")


def main(sizes: list[int]) -> None:
    """Measure each size in a database of its own, all in this run on this machine."""
    for size in sizes:
        with scratch_database(), broker() as (url, address), agreeable_erp() as erp:
            print(json.dumps(measure(size, url, address, erp)), flush=True)


def measure(size: int, url: str, address: str, erp: str) -> dict[str, Any]:
    """Return messages per second, empty tasks per second by the same workers, and their ratio."""
    from celery import Celery
    from redis import Redis

    from benchmarks.documents import queued_documents
    from integrations.models import Delivery, DeliveryAttempt

    queued_documents(size, erp)
    queue, app = Redis(unix_socket_path=address), Celery(broker=url)

    def waiting() -> int:
        return int(queue.llen("erp"))

    send(app, "benchmarks.nothing", EMPTY_TASKS)
    with workers(url):
        wait_until(lambda: waiting() < EMPTY_TASKS)
        first, left = time.perf_counter(), waiting()
        wait_until(lambda: not waiting())
        floor = left / (time.perf_counter() - first)
        started = time.perf_counter()
        send(app, "integrations.tasks.deliver_due", WORKERS)
        wait_until(lambda: not Delivery.objects.exclude(state="delivered").exists())
        delivered = size / (time.perf_counter() - started)
    assert DeliveryAttempt.objects.filter(outcome="delivered").count() == size
    return {
        "messages": size,
        "workers": WORKERS,
        "delivered_per_s": round(delivered),
        "empty_tasks_per_s": round(floor),
        "ratio_to_empty_task": round(delivered / floor, 3),
    }


def send(app: Any, task: str, times: int) -> None:
    """Put a task on the queue of the relay."""
    with app.producer_or_acquire() as producer:
        for _ in range(times):
            app.send_task(task, queue="erp", producer=producer)


def wait_until(done: Callable[[], bool]) -> None:
    """Ask often, but not so often that asking is measured."""
    deadline = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < deadline, "the workers do not come to an end"
        time.sleep(0.05)


@contextmanager
def broker() -> Iterator[tuple[str, str]]:
    """Start a broker; yield its address for Celery and its socket."""
    from config.local.valkey import ValkeyServer

    with TemporaryDirectory(prefix="tieout-bench-", dir="/tmp") as folder:
        server = ValkeyServer(sockets=Path(folder) / "s", locks=Path(folder), logs=Path(folder))
        server.start()
        try:
            yield server.url, str(server.socket)
        finally:
            server.stop()


@contextmanager
def agreeable_erp() -> Iterator[str]:
    """Start the ERP that agrees to everything; yield its address."""
    program = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.erp"], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        assert program.stdout
        yield program.stdout.readline().strip()
    finally:
        program.terminate()
        program.wait()


@contextmanager
def workers(url: str) -> Iterator[None]:
    """Start the workers of the relay's queue."""
    program = subprocess.Popen(
        [sys.executable, "-m", "celery", "--app=config.celery", "--quiet", "worker", *_OPTIONS],
        env={**os.environ, "REDIS_URL": url},
        start_new_session=True,
    )
    try:
        yield
    finally:
        program.terminate()
        program.wait()


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or [3000])
