"""One PostgreSQL for each test process: a copy of a migrated cluster, which is made once and kept.

Migrating takes longer than most test runs. The kept cluster is named by a digest of everything that
decides what migrating gives, so that a stale one is never used.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from config.environment import ROOT
from config.local.folder import DataFolder
from config.local.postgres import PostgresServer
from config.local.problems import LocalProblem
from config.local.process import stop_leftovers
from config.local.roles import APP, OWNER, ensure_database, ensure_roles

TEMPLATE = "template_of_tests"
_KEPT = ROOT / ".pytest_cache" / "clusters"
_PREFIX = "tieout-tests-"
_DECIDING = (
    "uv.lock",
    "config/*.py",
    "config/local/*.py",
    "core/*.py",
    "*/apps.py",
    "*/models/*.py",
    "*/migrations/*.py",
    "reporting/invariants/*.py",
)


@contextmanager
def running_cluster() -> Iterator[tuple[DataFolder, PostgresServer]]:
    """Start a copy of the migrated cluster in a temporary folder, and remove it in the end."""
    _remove_abandoned()
    kept = _kept_cluster()
    with _folder() as folder, ExitStack() as stack:
        _copy(kept, folder.postgres)
        server = _server(folder)
        stack.callback(server.stop, at_once=True)
        server.start()
        yield folder, server


def _kept_cluster() -> Path:
    """Return the cluster that the present models and migrations give, making it if need be."""
    kept = _KEPT / _digest()
    _KEPT.mkdir(parents=True, exist_ok=True)
    with open(_KEPT / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            for outdated in _KEPT.glob("*/"):
                shutil.rmtree(outdated)
            with _folder() as folder:
                _migrate(_server(folder))
                draft = kept.with_suffix(".unfinished")
                _copy(folder.postgres, draft)
                draft.rename(kept)
    return kept


def _migrate(server: PostgresServer) -> None:
    server.start()
    try:
        ensure_roles(server)
        ensure_database(server, TEMPLATE)
        urls = {"DATABASE_URL": server.url(APP, TEMPLATE), "DATABASE_OWNER_URL": server.url(OWNER, TEMPLATE)}
        subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), "migrate", "--verbosity=0"],
            env={**os.environ, **urls, "TIEOUT_DATABASE_ROLE": "owner"},
            check=True,
        )
    finally:
        server.stop()


@contextmanager
def _folder() -> Iterator[DataFolder]:
    folder = DataFolder(Path(tempfile.mkdtemp(prefix=_PREFIX)))
    folder.claim()
    with folder.held():
        try:
            yield folder
        finally:
            folder.wipe()


def _server(folder: DataFolder) -> PostgresServer:
    return PostgresServer(
        folder.postgres, sockets=folder.sockets, locks=folder.locks, logs=folder.logs, durable=False
    )


def _copy(source: Path, target: Path) -> None:
    # Under root the files belong to PostgreSQL's own account and must keep doing so.
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)


def _digest() -> str:
    digest = hashlib.sha256()
    found = [path for pattern in _DECIDING for path in ROOT.glob(pattern)]
    found += [path for app in ROOT.glob("*/apps.py") for path in app.parent.rglob("*.sql")]
    for path in sorted(found):
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _remove_abandoned() -> None:
    """Remove what killed test runs left behind; leave those that still go on."""
    for path in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        folder = DataFolder(path)
        if not folder.locks.is_dir() or path.stat().st_uid != os.geteuid():
            continue
        try:
            with folder.held():
                stop_leftovers(folder.locks, patience=2)
                shutil.rmtree(path, ignore_errors=True)
        except LocalProblem:
            continue
