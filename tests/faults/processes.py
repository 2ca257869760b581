"""Programs of ours in processes of their own, which a test may kill, freeze and start again."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from config.environment import ROOT


class Program:
    """One program with everything it starts, as one group of processes."""

    def __init__(
        self, arguments: tuple[str, ...], environment: dict[str, str], log: Path, *, level: str = "WARNING"
    ) -> None:
        self._arguments = [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "config.celery",
            *arguments,
            f"--loglevel={level}",
        ]
        self._environment = environment
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Program":
        """Start it; it comes up in its own time."""
        with open(self._log, "ab") as log:
            self._process = subprocess.Popen(
                self._arguments,
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self

    def kill(self) -> None:
        """Kill every process of it at once: no handler runs, nothing is cleaned up."""
        self._signal(signal.SIGKILL)
        if self._process:
            self._process.wait(timeout=15)
            self._process = None

    def freeze(self) -> None:
        """Let it stand still at whatever line it is."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on as if nothing had happened."""
        self._signal(signal.SIGCONT)

    def text(self) -> str:
        """Return what it has written."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def _signal(self, number: signal.Signals) -> None:
        if self._process and self._process.poll() is None:
            os.killpg(self._process.pid, number)
