"""The container files say what the product knows: settings, commands, roles. No engine is needed here."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.environment import ROOT
from config.local import ports
from config.local.launcher import WORKER

DOCKER = ROOT / "docker"
OURS = {"migrate", "web", "worker-default", "worker-erp", "beat"}


def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((DOCKER / "compose.yaml").read_text()))


def instruction(name: str) -> list[str]:
    """Return the words of an instruction of the Dockerfile that is written as a list."""
    text = (DOCKER / "Dockerfile").read_text()
    return [str(word) for word in json.loads(re.findall(rf"^\s*{name} (\[.*\])$", text, re.MULTILINE)[0])]


def wanted() -> set[str]:
    """Return the variables that the compose file does not do without."""
    return set(re.findall(r"\$\{(\w+):\?", (DOCKER / "compose.yaml").read_text()))


def test_every_container_of_ours_is_confined_and_watched() -> None:
    services = compose()["services"]
    assert set(services) == OURS | {"postgres", "valkey"}
    for name in OURS:
        service = services[name]
        assert service["read_only"] and service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
    assert not {
        name for name, service in services.items() if name not in OURS | {"web"} and "ports" in service
    }
    owners = {name for name in OURS if "DATABASE_OWNER_URL" in services[name]["environment"]}
    assert owners == {"migrate"}


def test_every_queue_has_its_worker_started_as_the_launcher_does() -> None:
    services = compose()["services"]
    queues = WORKER[1].removeprefix("--queues=").split(",")
    assert {f"worker-{queue}" for queue in queues} == {
        name for name in services if name.startswith("worker-")
    }
    for queue in queues:
        words = services[f"worker-{queue}"]["command"]
        assert words[:6] == ["celery", "--app", "config.celery", "worker", "--queues", queue]
        assert {word for word in WORKER if word.startswith("--without")} <= set(words)


def test_the_example_names_every_value_that_is_needed() -> None:
    lines = (DOCKER / "example.env").read_text().splitlines()
    given = {line.partition("=")[0] for line in lines if line and not line.startswith("#")}
    assert wanted() <= given


def test_every_setting_is_explained() -> None:
    explained = (ROOT / "docs" / "operations.md").read_text()
    for name in compose()["services"]["web"]["environment"]:
        assert f"`{name}`" in explained, name


def test_the_image_holds_every_folder_that_runs() -> None:
    copied = set(re.findall(r"^COPY (\w+) \1$", (DOCKER / "Dockerfile").read_text(), re.MULTILINE))
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "benchmarks"}
    assert copied == packages | {"templates", "static"}
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert allowed == copied | {"manage.py", "pyproject.toml", "uv.lock"}


def test_the_dockerfile_is_clean() -> None:
    linter = shutil.which("hadolint", path=str(Path(sys.executable).parent))
    if not linter:
        pytest.skip("hadolint has no wheel for this machine.")
    # Versions of Debian's packages are not pinned: none is installed.
    found = subprocess.run([linter, str(DOCKER / "Dockerfile")], capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout) == (0, "")


@pytest.mark.django_db(transaction=True)
def test_the_commands_run_and_the_health_checks_pass(program_environment: dict[str, str]) -> None:
    environment = program_environment | {
        "TIEOUT_DEMO": "no",
        "TIEOUT_SECRET_KEY": "k" * 50,
        "TIEOUT_HOSTS": "localhost",
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    services = compose()["services"]
    owner = environment | {"TIEOUT_DATABASE_ROLE": "owner"}
    assert run(services["migrate"]["command"], owner).returncode == 0
    for name in ("worker-default", "worker-erp", "beat"):
        assert run(services[name]["healthcheck"]["test"][1:], environment).returncode == 0, name
    port = ports.sandbox_port()
    port.release()
    words = [word.replace("8000", str(port.number)) for word in instruction("CMD")]
    web = subprocess.Popen(
        words, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        assert answers(f"http://localhost:{port.number}/readyz") == 200
        health = [word.replace("8000", str(port.number)) for word in healthcheck()]
        assert run(health, environment).returncode == 0
    finally:
        os.killpg(web.pid, signal.SIGTERM)
        web.wait(timeout=20)


def healthcheck() -> list[str]:
    found = re.search(r"HEALTHCHECK .*\\\n\s+CMD (\[.*\])", (DOCKER / "Dockerfile").read_text())
    assert found
    return [str(word) for word in json.loads(found.group(1))]


def run(words: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


def answers(address: str) -> int:
    """Return the status once somebody answers."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"{address} did not answer.")
