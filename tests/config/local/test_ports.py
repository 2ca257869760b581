import socket

import pytest

from config.local import ports
from config.local.problems import LocalProblem


def test_a_busy_port_is_named_with_the_way_to_choose_another(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as other:
        other.bind((ports.HOST, 0))
        other.listen()
        port = other.getsockname()[1]
        monkeypatch.setenv("TIEOUT_PORT", str(port))
        with pytest.raises(LocalProblem) as problem:
            ports.web_port()
    assert str(problem.value) == (
        f"Port {port} of 127.0.0.1 is in use by another program.\n"
        f"Stop that program, or choose another port: TIEOUT_PORT={port + 10} make demo"
    )


def test_a_free_port_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as probe:
        probe.bind((ports.HOST, 0))
        port = probe.getsockname()[1]
    monkeypatch.setenv("TIEOUT_PORT", str(port))
    assert ports.web_port() == port


@pytest.mark.parametrize("text", ["", "eighty", "0", "65536", "-1", "80.5"])
def test_a_port_that_is_none_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIEOUT_PORT", text)
    with pytest.raises(LocalProblem, match="TIEOUT_PORT must be a number from 1 to 65535"):
        ports.web_port()


def test_the_sandbox_takes_the_next_free_port() -> None:
    first = ports.sandbox_port()
    with socket.socket() as other:
        other.bind((ports.HOST, first))
        other.listen()
        assert ports.sandbox_port() > first
