"""Bring Tieout up on this machine, keep it up, and take it down in the reverse order."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from types import FrameType

from config.environment import ROOT
from config.local import ports
from config.local.folder import DataFolder
from config.local.ports import HeldPort
from config.local.process import impatient, stop_leftovers
from config.local.servers import start_servers
from config.local.supervisor import Supervisor

_QUIET = ("--log-level=warning",)
_WEB = ("--workers=2", "--blocking-threads=3", "--backpressure=64", "--no-ws")
# Workers need not know of each other, and what they say to each other breaks when the broker goes away.
_ALONE = ("--without-gossip", "--without-mingle", "--without-heartbeat")
WORKER = ("worker", "--queues=default,erp", "--concurrency=2", *_ALONE)
# In a container everybody is root; and static files are served from where they are written.
_EXPECTED_WARNINGS = ("You're running the worker with superuser privileges", "No directory at")
_stopping = threading.Event()


@dataclass(frozen=True)
class Launch:
    """A machine with its servers up: what every program started on it needs."""

    supervisor: Supervisor
    folder: DataFolder
    environment: dict[str, str]
    web: HeldPort
    sandbox: HeldPort | None
    crm: HeldPort | None

    @property
    def address(self) -> str:
        """Return where a browser finds Tieout."""
        return f"http://{ports.HOST}:{self.web.number}"

    def manage(self, command: str, *, as_owner: bool = False, quiet: bool = False) -> None:
        """Run a management command to its end; only migrations run as the owner of the tables."""
        role = {"TIEOUT_DATABASE_ROLE": "owner"} if as_owner else {}
        words = [sys.executable, str(ROOT / "manage.py"), command]
        self.supervisor.step(command, words, self.environment | role, quiet=quiet)

    def start_servers(self) -> None:
        """Start the sandboxes and the web server; they come up while other steps run."""
        if self.sandbox:
            self._serve("sandbox", self.sandbox, "--interface=asgi", "integrations.sandbox_erp.server:app")
        if self.crm:
            self._serve("crm", self.crm, "--interface=asgi", "integrations.sandbox_crm.server:app")
        self._serve("web", self.web, "--interface=wsgi", "config.wsgi:application", *_WEB)

    def start_workers(self) -> None:
        """Start worker and beat; return when the servers they talk to accept connections."""
        self._start("worker", *_celery(*WORKER))
        schedule = self.folder.path / "beat-schedule"
        self._start("beat", *_celery("beat", f"--schedule={schedule}", "--pidfile="))
        sandboxes = (("The sandbox ERP", self.sandbox), ("The sandbox CRM", self.crm))
        for name, port in (("The web server", self.web), *sandboxes):
            if port:
                self.supervisor.wait_until(port.answers, name)

    def _serve(self, name: str, port: HeldPort, *words: str) -> None:
        port.release()
        self._start(name, "granian", f"--host={ports.HOST}", f"--port={port.number}", *_QUIET, *words)

    def _start(self, name: str, *words: str) -> None:
        self.supervisor.start(name, [sys.executable, "-m", *words], self.environment)


@contextmanager
def launched(folder: DataFolder) -> Iterator[Launch]:
    """Start the servers in the data folder; stop everything in the end, the newest first."""
    _catch_signals()
    folder.claim()
    with ExitStack() as stack:
        stack.enter_context(folder.held())
        supervisor = Supervisor(folder, stack)
        for name in stop_leftovers(folder.locks):
            supervisor.say(f"Stopped {name}, left over from an earlier start.")
        web = ports.web_port()
        stack.callback(web.release)
        addresses = start_servers(folder, supervisor, stack)
        sandbox = _sandbox("SANDBOX_ERP_URL", ports.SANDBOX, stack, addresses)
        crm = _sandbox("SANDBOX_CRM_URL", ports.CRM, stack, addresses)
        folder.publish(addresses)
        stack.callback(folder.addresses.unlink, missing_ok=True)
        launch = Launch(supervisor, folder, _environment(folder, addresses), web, sandbox, crm)
        try:
            yield launch
        finally:
            _stopping.set()
            supervisor.say("Stopping (Ctrl-C again ends everything at once) …")


def _sandbox(name: str, first: int, stack: ExitStack, addresses: dict[str, str]) -> HeldPort | None:
    """Take a port for a sandbox and note its address, unless the environment names another one."""
    if name in os.environ:
        return None
    port = ports.sandbox_port(first)
    stack.callback(port.release)
    addresses[name] = f"http://{ports.HOST}:{port.number}"
    return port


def _environment(folder: DataFolder, addresses: dict[str, str]) -> dict[str, str]:
    return {
        **os.environ,
        **addresses,
        "TIEOUT_DATA": str(folder.path),
        "TIEOUT_DEMO": os.environ.get("TIEOUT_DEMO") or "yes",
        "SANDBOX_ERP_STORE": str(folder.path / "sandbox_erp.sqlite3"),
        "SANDBOX_ERP_TOKEN": os.environ.get("SANDBOX_ERP_TOKEN") or "sandbox-erp-demo-token",
        "SANDBOX_CRM_STORE": str(folder.path / "sandbox_crm.sqlite3"),
        "SANDBOX_CRM_TOKEN": os.environ.get("SANDBOX_CRM_TOKEN") or "sandbox-crm-demo-token",
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": ",".join(f"ignore:{start}" for start in _EXPECTED_WARNINGS),
    }


def _celery(*words: str) -> list[str]:
    return ["celery", "--app=config.celery", "--quiet", *words, "--loglevel=WARNING"]


def _catch_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _on_signal)


def _on_signal(number: int, frame: FrameType | None) -> None:
    if _stopping.is_set():
        impatient.set()
        return
    _stopping.set()
    raise KeyboardInterrupt
