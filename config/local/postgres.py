"""A real PostgreSQL from a wheel: made, started and stopped in a folder, reached by a socket only."""

import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import psycopg

from config.local.account import Account, let_pass, open_programs, server_account
from config.local.problems import LocalProblem
from config.local.process import ManagedProcess
from config.local.wheels import postgres_programs

# Comparison by code point is the same on every machine, whatever locales it has.
_CLUSTER = [
    "--username=postgres",
    "--auth-local=trust",
    "--auth-host=reject",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--set=timezone=UTC",
    "--set=log_timezone=UTC",
    "--no-instructions",
]
_PATIENCE = 60


class PostgresServer:
    """One PostgreSQL cluster; `durable=False`, for tests, survives its own crash but not the machine's."""

    def __init__(self, folder: Path, *, sockets: Path, locks: Path, logs: Path, durable: bool = True) -> None:
        self.folder = folder
        self.sockets = sockets
        self.passable: list[Path] = []
        self._locks = locks
        self._durable = durable
        self._log = logs / "postgres.log"
        self._process: ManagedProcess | None = None
        self._account: Account | None = None

    @property
    def process(self) -> ManagedProcess:
        """Return the running server's process."""
        if self._process is None:
            raise LocalProblem("PostgreSQL is not running.")
        return self._process

    def url(self, user: str, database: str) -> str:
        """Return the libpq URL for a role and a database of this server."""
        return f"postgresql://{user}@/{database}?host={quote(str(self.sockets))}"

    def start(self) -> None:
        """Start the server, making the cluster first when there is none; return when it answers."""
        self._account = server_account()
        self._prepare_folders()
        if not self._holds_cluster():
            self._make_cluster()
        self._drop_stale_pid_file()
        process = ManagedProcess(
            "postgres",
            [_program("postgres"), "-D", str(self.folder), *self._settings()],
            locks=self._locks,
            log=self._log,
            account=self._account,
            stop_signal=signal.SIGINT,
        )
        process.start()
        self._process = process
        self._wait_until_ready()

    def stop(self, *, at_once: bool = False) -> None:
        """Stop the server; `at_once` ends it without a checkpoint, as an immediate restart does."""
        if self._process:
            self._process.stop(signal.SIGQUIT if at_once else None)
            self._process = None

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """Return an autocommit connection of the superuser, for making roles and databases only."""
        return psycopg.connect(self.url("postgres", database), autocommit=True, connect_timeout=5)

    def _prepare_folders(self) -> None:
        self.sockets.mkdir(mode=0o700, parents=True, exist_ok=True)
        owner = self.sockets.stat().st_uid
        if self._account is None:
            return
        if owner not in (0, self._account.user):
            raise LocalProblem(f"{self.sockets} belongs to another user; remove it or choose TIEOUT_DATA.")
        self._account.own(self.sockets)
        self.passable = [
            *open_programs(self._account),
            *let_pass(self.folder),
            *let_pass(self.sockets),
        ]

    def _holds_cluster(self) -> bool:
        if not self.folder.exists() or not any(self.folder.iterdir()):
            return False
        version = self.folder / "PG_VERSION"
        if not version.exists() or not (self.folder / "global" / "pg_control").exists():
            raise LocalProblem(
                f"The database folder {self.folder} is incomplete: no PostgreSQL cluster, yet not empty.\n"
                "Nothing was changed. Put the missing files back, or start over: make demo-reset"
            )
        found, ours = version.read_text().strip(), _major_version()
        if found != ours:
            raise LocalProblem(
                f"The database folder {self.folder} is of PostgreSQL {found}; this is PostgreSQL {ours}.\n"
                "Move the data with pg_dump of the older version, or start over: make demo-reset"
            )
        return True

    def _make_cluster(self) -> None:
        # Made beside and renamed: an interrupted start never leaves half a cluster behind.
        draft = self.folder.with_name(self.folder.name + ".unfinished")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700, parents=True)
        account = self._account
        if account:
            account.own(draft)
        made = subprocess.run(
            [_program("initdb"), "-D", str(draft), *_CLUSTER, *([] if self._durable else ["--no-sync"])],
            capture_output=True,
            text=True,
            check=False,
            cwd=draft,
            start_new_session=True,
            user=account.user if account else None,
            group=account.group if account else None,
            extra_groups=[] if account else None,
        )
        if made.returncode:
            raise LocalProblem(f"PostgreSQL could not make its folder {self.folder}:\n{made.stderr.strip()}")
        if self.folder.exists():
            self.folder.rmdir()
        draft.rename(self.folder)

    def _drop_stale_pid_file(self) -> None:
        """Remove the pid file of a server that was killed; refuse when a server does answer.

        PostgreSQL itself gives up when the number in the file meanwhile names any other process.
        """
        pid_file = self.folder / "postmaster.pid"
        if not pid_file.exists():
            return
        lines = pid_file.read_text().splitlines()
        if len(lines) > 4 and _answers(Path(lines[4]) / f".s.PGSQL.{lines[3]}"):
            raise LocalProblem(
                f"Another PostgreSQL (process {lines[0]}) already uses {self.folder}. Stop it first."
            )
        pid_file.unlink()
        for socket_file in self.sockets.glob(".s.PGSQL.*"):
            socket_file.unlink()

    def _settings(self) -> list[str]:
        settings = {"listen_addresses": "", "unix_socket_directories": str(self.sockets), "port": "5432"}
        settings |= {"unix_socket_permissions": "0700", "max_connections": "200"}
        if not self._durable:
            settings |= {"fsync": "off", "full_page_writes": "off"}
            settings |= {"wal_level": "minimal", "max_wal_senders": "0", "max_wal_size": "4GB"}
        return [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline and self.process.exit_code is None:
            try:
                self.connect().close()
                return
            except psycopg.OperationalError:
                time.sleep(0.03)
        end = "\n".join(self.process.last_lines())
        self.stop()
        raise LocalProblem(f"PostgreSQL did not start from {self.folder}. The end of its log:\n{end}")


def _program(name: str) -> str:
    return str(postgres_programs() / name)


def _major_version() -> str:
    words = subprocess.run([_program("postgres"), "--version"], capture_output=True, text=True, check=True)
    return words.stdout.split()[-1].split(".")[0]


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True
