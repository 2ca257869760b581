"""The real sandbox CRM in a process of its own, for tests."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

from integrations.sandbox_crm.administration import SandboxCrmAdministration
from integrations.sandbox_crm.client import SandboxCrmClient

TOKEN = "token-of-the-tests"
ROOT = Path(__file__).parents[3]


class RunningCrm:
    """Start, kill and start again a server on one store and one port."""

    def __init__(self, store: Path) -> None:
        self.store = store
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        granian = Path(sys.executable).with_name("granian")
        arguments = ["--interface=asgi", f"--port={self.port}", "--log-level=error"]
        self.process = subprocess.Popen(
            [granian, *arguments, "integrations.sandbox_crm.server:app"],
            cwd=ROOT,
            env={**os.environ, "SANDBOX_CRM_STORE": str(self.store), "SANDBOX_CRM_TOKEN": TOKEN},
            start_new_session=True,
        )
        self._wait_until_healthy(self.process)

    def kill(self) -> None:
        """Kill every process of the server at once, as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def client(self) -> SandboxCrmClient:
        return SandboxCrmClient(self.url, TOKEN)

    def administration(self) -> SandboxCrmAdministration:
        return SandboxCrmAdministration(self.url, TOKEN)

    def _wait_until_healthy(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            assert process.poll() is None, "the sandbox CRM ended while starting"
            try:
                if httpx.get(f"{self.url}/healthz", trust_env=False).is_success:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError("the sandbox CRM did not start within 30 seconds")

    def _end(self, number: signal.Signals) -> None:
        if self.process is not None:
            os.killpg(self.process.pid, number)
            self.process.wait(timeout=15)
            self.process = None


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
