"""The data folder: ours by its marker, used by one launcher at a time, wiped only when it is ours."""

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.local.problems import LocalProblem

_MARKER = ".tieout-data"
# A socket's path must fit 104 bytes on macOS and 108 on Linux.
_LONGEST_SOCKET = 99
_LONGEST_SOCKET_NAME = len("/.s.PGSQL.5432.lock")


@dataclass(frozen=True)
class DataFolder:
    """Where the embedded servers keep their data, sockets, locks and logs."""

    path: Path

    @property
    def postgres(self) -> Path:
        return self.path / "postgres"

    @property
    def valkey(self) -> Path:
        return self.path / "valkey"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def locks(self) -> Path:
        return self.path / "locks"

    @property
    def sockets(self) -> Path:
        """Return the folder of the sockets: inside, or a short one elsewhere when this path is too long."""
        inside = self.path / "sockets"
        if len(os.fsencode(inside)) + _LONGEST_SOCKET_NAME <= _LONGEST_SOCKET:
            return inside
        name = hashlib.sha256(os.fsencode(self.path)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"tieout-{os.geteuid()}-{name}"

    def claim(self) -> None:
        """Make the folder and mark it as ours; refuse a folder that holds somebody else's files."""
        if self.path.is_dir() and any(self.path.iterdir()) and not (self.path / _MARKER).exists():
            raise LocalProblem(
                f"{self.path} holds files that Tieout did not put there, so it stays untouched.\n"
                "Choose another data folder: TIEOUT_DATA=/some/folder make demo"
            )
        try:
            for folder in (self.path, self.logs, self.locks):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            (self.path / _MARKER).write_text("Made by Tieout; make demo-reset removes this folder.\n")
        except OSError as error:
            raise LocalProblem(
                f"The data folder cannot be used: {error}.\n"
                "Choose another: TIEOUT_DATA=/some/folder make demo"
            ) from error

    def require_ours(self) -> None:
        """Refuse a folder without our marker, so that nothing of somebody else's is ever removed."""
        if not (self.path / _MARKER).exists():
            raise LocalProblem(f"{self.path} does not carry Tieout's marker {_MARKER}: nothing was removed.")

    def wipe(self) -> None:
        """Remove the folder with everything in it; refuse a folder that is not ours."""
        self.require_ours()
        shutil.rmtree(self.sockets, ignore_errors=True)
        shutil.rmtree(self.path)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep every other launcher out of this folder until the end, however this one ends."""
        with open(self.locks / "launcher", "a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                lock.seek(0)
                raise LocalProblem(
                    f"Tieout already runs from {self.path} (process {lock.read().strip() or 'unknown'}).\n"
                    "Stop it with Ctrl-C in its terminal first."
                ) from error
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            yield

    @property
    def addresses(self) -> Path:
        """Return the file in which settings look for the servers' addresses."""
        return self.path / "local.json"

    def publish(self, addresses: dict[str, str]) -> None:
        """Write the addresses of the running servers, whole or not at all."""
        draft = self.addresses.with_suffix(".new")
        draft.write_text(json.dumps(addresses, indent=2) + "\n")
        draft.chmod(0o600)
        draft.replace(self.addresses)

    def published(self) -> dict[str, str]:
        """Return the addresses of the running servers; nothing when none run."""
        if not self.addresses.exists():
            return {}
        found: dict[str, str] = json.loads(self.addresses.read_text())
        return found
