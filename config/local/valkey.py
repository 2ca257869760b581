"""A real Redis-protocol server from a wheel. It holds wake-ups only: nothing it forgets is lost."""

import socket
import time
from pathlib import Path

from config.local.problems import LocalProblem
from config.local.process import ManagedProcess
from config.local.wheels import valkey_program

_PATIENCE = 20


class ValkeyServer:
    """One Valkey, in memory, reached by a socket only."""

    def __init__(self, *, sockets: Path, locks: Path, logs: Path) -> None:
        self.socket = sockets / "valkey.sock"
        settings = {"port": "0", "unixsocket": str(self.socket), "unixsocketperm": "700"}
        settings |= {"save": "", "appendonly": "no", "dir": str(logs)}
        words = [word for name, value in settings.items() for word in (f"--{name}", value)]
        self.process = ManagedProcess(
            "valkey", [str(valkey_program()), *words], locks=locks, log=logs / "valkey.log"
        )

    @property
    def url(self) -> str:
        """Return the broker address as Celery spells it."""
        return f"redis+socket://{self.socket}"

    def start(self) -> None:
        """Start the server, empty; return when it answers."""
        self.socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.socket.unlink(missing_ok=True)
        self.process.start()
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline and self.process.exit_code is None:
            if self._answers():
                return
            time.sleep(0.03)
        end = "\n".join(self.process.last_lines())
        self.stop()
        raise LocalProblem(f"Valkey did not start. The end of its log:\n{end}")

    def stop(self) -> None:
        """Stop the server; what it held is gone."""
        self.process.stop()

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(self.socket))
                probe.sendall(b"PING\r\n")
                return probe.recv(16).startswith(b"+PONG")
            except OSError:
                return False
