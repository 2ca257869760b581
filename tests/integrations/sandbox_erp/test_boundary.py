"""The server is a foreign system: it runs without Django and without anything else of Tieout."""

import subprocess
import sys

from tests.integrations.sandbox_erp.running import ROOT

LOADED = "import sys, {module}; print('\\n'.join(name for name in sys.modules if not name.startswith('_')))"
OWN = "integrations.sandbox_erp"
APPS = {"config", "core", "contracts", "projects", "timesheets", "billing", "integrations", "reporting"}


def _loaded_by(module: str) -> set[str]:
    command = [sys.executable, "-c", LOADED.format(module=module)]
    return set(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split())


def test_the_server_loads_nothing_but_itself() -> None:
    loaded = _loaded_by(f"{OWN}.server")

    own = {name for name in loaded if name.split(".")[0] in APPS}
    strangers = {name for name in own if not name.startswith(f"{OWN}.server")}
    assert strangers == {"integrations", OWN}
    assert not any(name.split(".")[0] in {"django", "httpx"} for name in loaded)


def test_the_client_loads_nothing_of_the_server() -> None:
    loaded = _loaded_by(f"{OWN}.client") | _loaded_by(f"{OWN}.administration")

    assert not any(name.startswith(f"{OWN}.server") or name.split(".")[0] == "django" for name in loaded)
