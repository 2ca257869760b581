"""The demo: a realistic firm, loaded once, and the path from a contract to a reconciled invoice."""

import psycopg

from config.local.folder import DataFolder
from config.local.launcher import Launch, launched


def run_demo(folder: DataFolder) -> None:
    """Bring everything up with the demo firm and stay until Ctrl-C; a second start keeps the data."""
    with launched(folder) as launch:
        _migrate(launch)
        launch.start_servers()
        if _is_empty(launch):
            launch.supervisor.say("Loading the demo firm …")
            launch.manage("load_demo")
        launch.start_workers()
        launch.manage("run_demo_path")
        launch.supervisor.say(f"\nTieout is at {launch.address}\n")
        launch.manage("demo_guide")
        launch.supervisor.say("\nCtrl-C stops everything; the next start continues with these data.\n")
        launch.supervisor.wait()


def run_server(folder: DataFolder) -> None:
    """Bring everything up on the data there are, without the demo firm, and stay until Ctrl-C."""
    with launched(folder) as launch:
        _migrate(launch)
        launch.start_servers()
        launch.start_workers()
        launch.supervisor.say(f"\nTieout is at {launch.address}\n")
        launch.supervisor.wait()


def _migrate(launch: Launch) -> None:
    launch.supervisor.say("Migrating the database …")
    launch.manage("migrate", as_owner=True, quiet=True)


def _is_empty(launch: Launch) -> bool:
    with psycopg.connect(launch.environment["DATABASE_URL"]) as connection:
        row = connection.execute("SELECT NOT EXISTS (SELECT FROM core_user)").fetchone()
    return row is not None and bool(row[0])
