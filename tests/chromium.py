"""Find a Chromium for the browser tests; `python -m tests.chromium` gets one (`make browser`)."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
_PROGRAMS = ("chrome", "headless_shell", "chrome-headless-shell", "Chromium", "Google Chrome for Testing")
MISSING = "No Chromium was found: make browser gets one, or CHROMIUM=/path/to/chromium names one."


def find_chromium() -> Path | None:
    """Return a Chromium: the one CHROMIUM names, else one of the system, else Playwright's own."""
    named = os.environ.get("CHROMIUM")
    if named:
        return _program(Path(named))
    for name in _NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    for place in _PLACES:
        if found_there := _program(Path(place)):
            return found_there
    return _downloaded()


def get_chromium() -> Path | None:
    """Return a Chromium, after getting one from Playwright or else from the distribution."""
    for command in (None, _from_playwright(), *_from_distribution()):
        if command:
            print("+", " ".join(command), flush=True)
            subprocess.run(command, check=False)
        if found := find_chromium():
            return found
    return None


def _program(path: Path) -> Path | None:
    return path if os.access(path, os.X_OK) and path.is_file() else None


def _downloaded() -> Path | None:
    caches = [Path.home() / ".cache/ms-playwright", Path.home() / "Library/Caches/ms-playwright"]
    if named := os.environ.get("PLAYWRIGHT_BROWSERS_PATH"):
        caches.insert(0, Path(named))
    for cache in caches:
        for folder in sorted(cache.glob("chromium*"), reverse=True):
            for path in sorted(folder.rglob("*")):
                if path.name in _PROGRAMS and (program := _program(path)):
                    return program
    return None


def _from_playwright() -> list[str]:
    return [sys.executable, "-m", "playwright", "install", "chromium"]


def _from_distribution() -> list[list[str]]:
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return []
    install = ["apt-get", "install", "--yes", "--no-install-recommends", "chromium"]
    return [["apt-get", "update", "--quiet"], install]


if __name__ == "__main__":
    browser = get_chromium()
    print(
        browser or "No Chromium could be got. Install one and name it: CHROMIUM=/path/to/chromium make test"
    )
    sys.exit(0 if browser else 1)
