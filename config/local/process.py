"""Child programs that outlive neither a Ctrl-C nor, past the next start, a killed launcher."""

import fcntl
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from config.local.account import Account
from config.local.problems import LocalProblem

_TICK = 0.05
# Set by a second Ctrl-C: whoever waits for a polite end stops waiting.
impatient = threading.Event()


class ManagedProcess:
    """One child program in a session of its own: Ctrl-C in the terminal reaches only the launcher.

    The child inherits a file lock. As long as it or one of its own children lives the lock is held,
    which tells a leftover of a killed launcher from an unrelated process with the same number.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        locks: Path,
        log: Path,
        environment: Mapping[str, str] | None = None,
        account: Account | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        self.name = name
        self.command = list(command)
        self.log = log
        self._lock = locks / name
        self._environment = environment
        self._account = account
        self._stop_signal = stop_signal
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Return the process number of the running child."""
        if self._child is None:
            raise LocalProblem(f"{self.name} is not running.")
        return self._child.pid

    @property
    def exit_code(self) -> int | None:
        """Return how the child ended, or None while it runs."""
        return self._child.poll() if self._child else None

    def start(self) -> None:
        """Start the child; its output goes to its log, which starts empty."""
        with open(self._lock, "a") as lock, open(self.log, "wb") as log:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            lock.truncate(0)
            self._child = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._environment,
                start_new_session=True,
                pass_fds=(lock.fileno(),),
                user=self._account.user if self._account else None,
                group=self._account.group if self._account else None,
                extra_groups=[] if self._account else None,
            )
            lock.write(f"{self._child.pid} {int(self._stop_signal)}")

    def stop(self, with_signal: signal.Signals | None = None, *, patience: float = 20) -> None:
        """Ask the child to end, then end it and all it started; harmless when it has ended."""
        if self._child is None:
            return
        if self._child.poll() is None:
            self._child.send_signal(with_signal or self._stop_signal)
            deadline = time.monotonic() + patience
            while self._child.poll() is None and time.monotonic() < deadline and not impatient.is_set():
                time.sleep(_TICK)
        _end_group(self._child.pid)
        self._child.wait()
        self._child = None

    def kill(self) -> None:
        """End the child and all it started at once, as a crash would."""
        self.stop(signal.SIGKILL)

    def last_lines(self, count: int = 15) -> list[str]:
        """Return the end of the child's log."""
        return self.log.read_text(errors="replace").splitlines()[-count:] if self.log.exists() else []


def stop_leftovers(locks: Path, *, patience: float = 20) -> list[str]:
    """End what a killed launcher left running behind these locks; return the names of what was ended."""
    ended = []
    for path, number, stop_signal in _leftovers(locks):
        if not _signal(number, stop_signal) or not _released(path, patience):
            _end_group(number)
        if not _released(path, patience):
            raise LocalProblem(
                f"{path.name} of an earlier start still runs (process {number}) and cannot be ended.\n"
                f"End it by hand: kill -9 {number}"
            )
        ended.append(path.name)
    return ended


def _leftovers(locks: Path) -> Iterator[tuple[Path, int, int]]:
    # The newest first: whoever uses a server ends before it.
    for path in sorted(locks.glob("*"), key=lambda path: path.stat().st_mtime, reverse=True):
        words = path.read_text().split()
        if len(words) == 2 and not _is_free(path):
            yield path, int(words[0]), int(words[1])


def _is_free(path: Path) -> bool:
    with open(path) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def _released(path: Path, patience: float) -> bool:
    deadline = time.monotonic() + patience
    while not _is_free(path):
        if time.monotonic() > deadline or impatient.is_set():
            return _is_free(path)
        time.sleep(_TICK)
    return True


def _end_group(number: int) -> None:
    try:
        os.killpg(number, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        # macOS answers "not permitted" for a group of which only an unreaped child is left.
        return


def _signal(number: int, stop_signal: int) -> bool:
    """Signal a program; False when it is gone and only programs that it started hold its lock."""
    try:
        os.kill(number, stop_signal)
    except ProcessLookupError:
        return False
    return True
