"""The launcher as a person meets it: started, killed, started again, interrupted."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from config.environment import ROOT
from config.local.folder import DataFolder
from config.local.process import stop_leftovers

_PATIENCE = 120


class _Launcher:
    """`python -m config.local` on a data folder and a port of its own."""

    def __init__(self, folder: DataFolder, port: int) -> None:
        self.folder = folder
        self.address = f"http://127.0.0.1:{port}"
        self._environment = {**os.environ, "TIEOUT_DATA": str(folder.path), "TIEOUT_PORT": str(port)}
        # Its own servers, not those of the tests.
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
            self._environment.pop(name, None)
        self._output = folder.path.with_suffix(".out")
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start everything and return when the web server answers."""
        with open(self._output, "wb") as output:
            self._child = subprocess.Popen(
                self._command("serve"),
                cwd=ROOT,
                env=self._environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + _PATIENCE
        while "Tieout is at" not in self.text() and time.monotonic() < deadline:
            assert self._child.poll() is None, self.text()
            time.sleep(0.1)
        assert httpx.get(f"{self.address}/login/").status_code == 200

    def end(self, with_signal: signal.Signals | None = None) -> int:
        """Send the signal, if any, and return how the launcher ended."""
        assert self._child is not None
        if with_signal:
            self._child.send_signal(with_signal)
        return self._child.wait(_PATIENCE)

    def run(self, command: str) -> tuple[int, str]:
        """Run another launcher beside this one; return how it ended and what it said."""
        done = subprocess.run(
            self._command(command),
            cwd=ROOT,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=_PATIENCE,
        )
        return done.returncode, done.stdout + done.stderr

    def text(self) -> str:
        return self._output.read_text(errors="replace")

    def remove(self) -> None:
        if self._child and self._child.poll() is None:
            self._child.kill()
            self._child.wait()
        stop_leftovers(self.folder.locks)
        self._output.unlink(missing_ok=True)

    def _command(self, command: str) -> list[str]:
        return [sys.executable, "-m", "config.local", command]


@pytest.fixture(scope="module")
def folder() -> Iterator[DataFolder]:
    """A data folder for all tests of this file: only the first of them has to migrate."""
    made = DataFolder(Path(tempfile.mkdtemp(prefix="tieout-launcher-")))
    yield made
    if made.path.exists():
        made.wipe()


@pytest.fixture
def launcher(folder: DataFolder) -> Iterator[_Launcher]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    made = _Launcher(folder, port)
    yield made
    made.remove()


def _stored(launcher: _Launcher, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(launcher.folder.published()["DATABASE_OWNER_URL"]) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def test_a_killed_launcher_is_followed_by_one_that_continues_with_the_data(launcher: _Launcher) -> None:
    launcher.start()
    _stored(launcher, "CREATE TABLE kept AS SELECT 7 AS number")
    assert launcher.end(signal.SIGKILL) == -signal.SIGKILL

    launcher.start()
    for name in ("beat", "web", "worker", "sandbox", "valkey", "postgres"):
        assert f"Stopped {name}, left over from an earlier start." in launcher.text()
    assert _stored(launcher, "SELECT number FROM kept") == [(7,)]

    assert launcher.end(signal.SIGINT) == 0
    assert launcher.text().endswith("Stopped.\n")
    assert stop_leftovers(launcher.folder.locks) == []
    assert launcher.folder.published() == {}
    with pytest.raises(httpx.ConnectError):
        httpx.get(launcher.address)


def test_a_program_that_dies_ends_the_launcher_which_says_why(launcher: _Launcher) -> None:
    launcher.start()
    worker = int((launcher.folder.locks / "worker").read_text().split()[0])
    os.kill(worker, signal.SIGKILL)
    assert launcher.end() == 1
    assert "worker ended (exit code -9); its log is" in launcher.text()
    assert stop_leftovers(launcher.folder.locks) == []


def test_a_running_tieout_is_disturbed_neither_by_a_second_start_nor_by_a_reset(launcher: _Launcher) -> None:
    launcher.start()
    for command in ("demo", "reset"):
        code, said = launcher.run(command)
        assert (code, said.splitlines()[-1]) == (1, "Stop it with Ctrl-C in its terminal first.")
    assert httpx.get(f"{launcher.address}/login/").status_code == 200
    assert launcher.end(signal.SIGTERM) == 0
    assert launcher.run("reset")[0] == 0
    assert not launcher.folder.path.exists()
