import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from config.local.folder import DataFolder
from config.local.problems import LocalProblem
from config.local.process import ManagedProcess, stop_leftovers
from config.local.supervisor import Supervisor

_DIES = "import sys; print('first'); print('out of cheese'); sys.exit(3)"
_STAYS = "import time; print('here', flush=True); time.sleep(600)"
_HOLDS_FILE = (
    "import fcntl, sys, time; held = open(sys.argv[1], 'w'); fcntl.flock(held, fcntl.LOCK_EX);"
    "print('held', flush=True); time.sleep(600)"
)
_STARTS_ANOTHER = (
    "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', *sys.argv[1:]]); time.sleep(600)"
)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as made:
        yield made


def _process(folder: DataFolder, *words: str) -> ManagedProcess:
    log = folder.logs / "child.log"
    return ManagedProcess("child", [sys.executable, "-c", *words], locks=folder.locks, log=log)


def _start_family(folder: DataFolder) -> tuple[ManagedProcess, Path]:
    """Start a child whose own child holds a lock on the returned file as long as it lives."""
    held = folder.path / "held"
    process = _process(folder, _STARTS_ANOTHER, _HOLDS_FILE, str(held))
    process.start()
    while process.last_lines() != ["held"]:
        assert process.exit_code is None, process.last_lines()
        time.sleep(0.02)
    return process, held


def _is_held(path: Path) -> bool:
    with open(path) as file:
        # A killed process lets go a moment later.
        for _ in range(20):
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(0.05)
            else:
                return False
    return True


def test_stopping_ends_the_child_and_what_it_started(folder: DataFolder) -> None:
    process, held = _start_family(folder)
    assert _is_held(held)
    process.stop()
    assert not _is_held(held)
    process.stop()


def test_a_leftover_of_a_killed_launcher_is_found_and_ended(folder: DataFolder) -> None:
    process, _ = _start_family(folder)
    assert stop_leftovers(folder.locks) == ["child"]
    assert stop_leftovers(folder.locks) == []
    assert process.exit_code == -signal.SIGTERM
    process.stop()


def test_an_unrelated_process_with_the_number_of_a_leftover_is_spared(folder: DataFolder) -> None:
    with subprocess.Popen([sys.executable, "-c", _STAYS], stdout=subprocess.DEVNULL) as unrelated:
        (folder.locks / "web").write_text(f"{unrelated.pid} {int(signal.SIGTERM)}")
        assert stop_leftovers(folder.locks) == []
        assert unrelated.poll() is None
        unrelated.kill()


def test_a_program_that_dies_is_named_with_its_last_lines(folder: DataFolder, stack: ExitStack) -> None:
    supervisor = Supervisor(folder, stack)
    supervisor.start("stays", [sys.executable, "-c", _STAYS], os.environ)
    supervisor.start("worker", [sys.executable, "-c", _DIES], os.environ)
    with pytest.raises(LocalProblem) as problem:
        supervisor.wait()
    assert str(problem.value) == (
        f"worker ended (exit code 3); its log is {folder.logs / 'worker.log'} and ends with:\n"
        "first\nout of cheese"
    )
    stack.close()
    assert stop_leftovers(folder.locks) == []


def test_a_step_that_fails_is_named(folder: DataFolder, stack: ExitStack) -> None:
    with pytest.raises(LocalProblem, match=r"(?s)migrate failed \(exit code 3\).*out of cheese"):
        Supervisor(folder, stack).step("migrate", [sys.executable, "-c", _DIES], os.environ, quiet=True)


def test_lines_are_shown_behind_the_name_of_their_program(
    folder: DataFolder, stack: ExitStack, capsys: pytest.CaptureFixture[str]
) -> None:
    supervisor = Supervisor(folder, stack)
    supervisor.start("web", [sys.executable, "-c", _STAYS], os.environ)
    supervisor.wait_until(lambda: "here" in (folder.logs / "web.log").read_text(), "The web server")
    supervisor.step("load", [sys.executable, "-c", "print('loaded')"], os.environ)
    assert sorted(capsys.readouterr().out.splitlines()) == ["loaded", "web     | here"]


def test_a_step_ends_when_a_lasting_program_dies(folder: DataFolder, stack: ExitStack) -> None:
    supervisor = Supervisor(folder, stack)
    supervisor.start("worker", [sys.executable, "-c", _DIES], os.environ)
    with pytest.raises(LocalProblem, match="worker ended"):
        supervisor.step("run_demo_path", [sys.executable, "-c", _STAYS], os.environ)
    assert stop_leftovers(folder.locks) == []


def test_a_data_folder_removed_underneath_ends_everything_with_a_sentence(
    folder: DataFolder, stack: ExitStack
) -> None:
    supervisor = Supervisor(folder, stack)
    supervisor.start("web", [sys.executable, "-c", _STAYS], os.environ)
    folder.wipe()
    with pytest.raises(LocalProblem, match="was removed while Tieout ran"):
        supervisor.wait()
    stack.close()
    folder.claim()


def test_the_log_folder_holds_each_programs_words(folder: DataFolder) -> None:
    process = _process(folder, _DIES)
    process.start()
    while process.exit_code is None:
        time.sleep(0.02)
    assert process.last_lines(1) == ["out of cheese"]
    assert Path(process.log).read_text() == "first\nout of cheese\n"
    process.stop()
