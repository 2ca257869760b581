"""Watch over the child programs: show what they say, and stop when one of them dies."""

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack

from config.local.folder import DataFolder
from config.local.problems import LocalProblem
from config.local.process import ManagedProcess

_TICK = 0.1
_STARTUP = 60


class _Follower:
    """Print the lines a log gains, each with the name of its program."""

    def __init__(self, process: ManagedProcess, prefix: str) -> None:
        self._process = process
        self._prefix = prefix
        self._position = 0

    def show_new_lines(self) -> None:
        with open(self._process.log, errors="replace") as log:
            log.seek(self._position)
            while (line := log.readline()).endswith("\n"):
                self._position = log.tell()
                print(f"{self._prefix}{line}", end="", flush=True)


class Supervisor:
    """Every child program of one launcher, from its start until the first one dies."""

    def __init__(self, folder: DataFolder, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack
        self._watched: list[ManagedProcess] = []
        self._followers: list[_Follower] = []

    def say(self, sentence: str) -> None:
        """Tell the person something at once."""
        print(sentence, flush=True)

    def watch(self, process: ManagedProcess) -> None:
        """Count this program among those that must live."""
        self._watched.append(process)

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start a lasting program; its lines are shown behind its name, and it is stopped in the end."""
        process = self._process(name, command, environment)
        self._stack.callback(process.stop)
        process.start()
        self.watch(process)
        self._followers.append(_Follower(process, f"{name:<8}| "))

    def step(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], *, quiet: bool = False
    ) -> None:
        """Run a program to its end; refuse to go on when it fails or a lasting program dies meanwhile."""
        process = self._process(name, command, environment)
        follower = _Follower(process, "")
        try:
            process.start()
            while process.exit_code is None:
                if not quiet:
                    follower.show_new_lines()
                self._look()
                time.sleep(_TICK)
            if not quiet:
                follower.show_new_lines()
            if process.exit_code:
                raise LocalProblem(_failure(f"{name} failed", process, shown=not quiet))
        finally:
            process.stop()

    def wait_until(self, ready: Callable[[], bool], what: str) -> None:
        """Wait for something to become true; refuse to wait for more than a minute."""
        deadline = time.monotonic() + _STARTUP
        while not ready():
            self._look()
            if time.monotonic() > deadline:
                raise LocalProblem(f"{what} did not come up within {_STARTUP} seconds.")
            time.sleep(_TICK)

    def wait(self) -> None:
        """Show what the programs say until one of them dies, then name it with its last lines."""
        while True:
            self._look()
            time.sleep(_TICK)

    def _process(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> ManagedProcess:
        return ManagedProcess(
            name,
            command,
            locks=self._folder.locks,
            log=self._folder.logs / f"{name}.log",
            environment=environment,
        )

    def _look(self) -> None:
        if not self._folder.logs.is_dir():
            raise LocalProblem(f"{self._folder.path} was removed while Tieout ran.")
        for follower in self._followers:
            follower.show_new_lines()
        sys.stdout.flush()
        for process in self._watched:
            if process.exit_code is not None:
                raise LocalProblem(_failure(f"{process.name} ended", process, shown=False))


def _failure(what: str, process: ManagedProcess, *, shown: bool) -> str:
    heading = f"{what} (exit code {process.exit_code}); its log is {process.log}"
    return heading if shown else "\n".join([f"{heading} and ends with:", *process.last_lines()])
