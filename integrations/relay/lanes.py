"""Calls to one system side by side: as many as it takes, heard as they come in. No database in here."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")
HEAR_EVERY = 0.25


class Lanes:
    """Carries calls out on threads; a width of one means one after another on the caller's own."""

    def __init__(self, width: int) -> None:
        self._pool = ThreadPoolExecutor(width, "lane") if width > 1 else None

    def run(self, call: Callable[[T], R], items: Sequence[T]) -> Iterator[list[tuple[T, R]]]:
        """Yield items with their results, many at a time; a slow call holds up nobody else's for long."""
        if self._pool is None or len(items) == 1:
            for item in items:
                yield [(item, call(item))]
            return
        waiting: dict[Future[R], T] = {self._pool.submit(call, item): item for item in items}
        while waiting:
            done, _ = wait(waiting, timeout=HEAR_EVERY)
            if done:
                yield [(waiting.pop(each), each.result()) for each in list(waiting) if each in done]

    def close(self) -> None:
        """Wait for the calls that were begun."""
        if self._pool:
            self._pool.shutdown(cancel_futures=True)


@contextmanager
def lanes(width: int) -> Iterator[Lanes]:
    """Open lanes and close them at the end."""
    opened = Lanes(width)
    try:
        yield opened
    finally:
        opened.close()
