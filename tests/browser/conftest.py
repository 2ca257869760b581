"""How the browser tests start the Chromium that was found."""

import os
from typing import Any

import pytest

from tests.chromium import MISSING, find_chromium

# Without these the browser keeps asking its maker's servers for updates.
_QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start the Chromium that was found; under root it refuses its own sandbox."""
    found = find_chromium()
    if found is None:
        pytest.skip(MISSING)
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": str(found), "args": [*_QUIET, *sandbox]}
