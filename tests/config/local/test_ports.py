import socket

import pytest

from config.local import ports
from config.local.ports import HeldPort
from config.local.problems import LocalProblem


def test_a_busy_port_is_named_with_the_way_to_choose_another(monkeypatch: pytest.MonkeyPatch) -> None:
    other = HeldPort(_some_free_number())
    monkeypatch.setenv("TIEOUT_PORT", str(other.number))
    with pytest.raises(LocalProblem) as problem:
        ports.web_port()
    assert str(problem.value) == (
        f"Port {other.number} of 127.0.0.1 cannot be used (Address already in use).\n"
        f"Stop the program that uses it, or choose another port: TIEOUT_PORT={other.number + 10} make demo"
    )
    other.release()


def test_a_port_is_kept_until_it_is_released_to_its_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIEOUT_PORT", str(_some_free_number()))
    held = ports.web_port()
    with pytest.raises(LocalProblem), _sharing_socket(held.number):
        raise AssertionError("two servers shared one port")
    held.release()
    with _sharing_socket(held.number) as server:
        server.listen()
        assert held.answers()
    assert not held.answers()


@pytest.mark.parametrize("text", ["", "eighty", "0", "65536", "-1", "80.5"])
def test_a_port_that_is_none_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIEOUT_PORT", text)
    with pytest.raises(LocalProblem, match="TIEOUT_PORT must be a number from 1 to 65535"):
        ports.web_port()


def test_the_sandbox_takes_the_next_free_port() -> None:
    first = ports.sandbox_port()
    second = ports.sandbox_port()
    assert second.number > first.number
    first.release()
    second.release()


def _some_free_number() -> int:
    with socket.socket() as probe:
        probe.bind((ports.HOST, 0))
        return int(probe.getsockname()[1])


def _sharing_socket(number: int) -> socket.socket:
    """Bind as Granian does, which shares its port with whoever also means to share."""
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        server.bind((ports.HOST, number))
    except OSError as error:
        server.close()
        raise LocalProblem(str(error)) from error
    return server
