"""Find a free port of this machine and keep it, or say who has to make way."""

import os
import socket

from config.local.problems import LocalProblem

HOST = "127.0.0.1"
_WEB = 8000
SANDBOX = 8901
CRM = 9001


class HeldPort:
    """A port that nobody else can take until it is released to the server it is meant for.

    Granian lets a second server share its port: two demos whose starts overlap would otherwise
    both find the port free, and each would answer half of the other's requests.
    """

    def __init__(self, number: int) -> None:
        """Take the port; raise OSError when it is in use."""
        self.number = number
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((HOST, number))
            self._socket.listen(1)
        except OSError:
            self._socket.close()
            raise

    def release(self) -> None:
        """Let the server have it; harmless when it has it already."""
        self._socket.close()

    def answers(self) -> bool:
        """Say whether the server accepts connections."""
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex((HOST, self.number)) == 0


def web_port() -> HeldPort:
    """Take the port of the web server (`TIEOUT_PORT`, default 8000); refuse a busy one."""
    text = os.environ.get("TIEOUT_PORT", str(_WEB))
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise LocalProblem(f"TIEOUT_PORT must be a number from 1 to 65535, not {text!r}.")
    port = int(text)
    try:
        return HeldPort(port)
    except OSError as error:
        raise LocalProblem(
            f"Port {port} of {HOST} cannot be used ({error.strerror}).\n"
            f"Stop the program that uses it, or choose another port: TIEOUT_PORT={port + 10} make demo"
        ) from error


def sandbox_port(first: int = SANDBOX) -> HeldPort:
    """Take a port for a sandbox: 8901 for the ERP, 9001 for the CRM, else the next free one."""
    for port in range(first, first + 99):
        try:
            return HeldPort(port)
        except OSError:
            continue
    raise LocalProblem(f"No port from {first} to {first + 98} is free for a sandbox.")
