"""Find a free port of this machine, or say who has to make way."""

import os
import socket

from config.local.problems import LocalProblem

HOST = "127.0.0.1"
_WEB = 8000
_SANDBOX = 8901


def web_port() -> int:
    """Return the port of the web server (`TIEOUT_PORT`, default 8000); refuse a busy one."""
    text = os.environ.get("TIEOUT_PORT", str(_WEB))
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise LocalProblem(f"TIEOUT_PORT must be a number from 1 to 65535, not {text!r}.")
    port = int(text)
    if not is_free(port):
        raise LocalProblem(
            f"Port {port} of {HOST} is in use by another program.\n"
            f"Stop that program, or choose another port: TIEOUT_PORT={port + 10} make demo"
        )
    return port


def sandbox_port() -> int:
    """Return a free port for the sandbox ERP: 8901, else the next free one."""
    for port in range(_SANDBOX, _SANDBOX + 99):
        if is_free(port):
            return port
    raise LocalProblem(f"No port from {_SANDBOX} to {_SANDBOX + 98} is free for the sandbox ERP.")


def is_free(port: int) -> bool:
    """Say whether a server could listen on this port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def answers(port: int) -> bool:
    """Say whether a server accepts connections on this port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0
