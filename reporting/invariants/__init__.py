"""What must always hold, each as a view that returns the offenders; empty means it holds.

The views are made anew after every migration from the `.sql` files of this folder, one each.
"""

from pathlib import Path
from typing import Any

from django.db import connection

HERE = Path(__file__).parent
APP_ROLE = "tieout_app"


def names() -> list[str]:
    """Return the names of the views, in order."""
    return sorted(path.stem for path in HERE.glob("i*.sql"))


def sentence(name: str) -> str:
    """Return what the invariant says must hold, as its file begins."""
    head = (HERE / f"{name}.sql").read_text().partition("CREATE VIEW")[0]
    return " ".join(line.removeprefix("--").strip() for line in head.splitlines()).strip()


def remove_invariants(**kwargs: Any) -> None:
    """Drop the views; called before migrations."""
    with connection.cursor() as cursor:
        for name in names():
            cursor.execute(f"DROP VIEW IF EXISTS invariant_{name}")


def install_invariants(**kwargs: Any) -> None:
    """Make the views; called after migrations, as the owner of the tables."""
    with connection.cursor() as cursor:
        for name in names():
            cursor.execute(f"DROP VIEW IF EXISTS invariant_{name}")
            cursor.execute((HERE / f"{name}.sql").read_text())
            cursor.execute(f"GRANT SELECT ON invariant_{name} TO {APP_ROLE}")


def offenders(limit: int = 20) -> dict[str, list[dict[str, Any]]]:
    """Return the first offenders of every invariant that does not hold."""
    found = {}
    for name in names():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM invariant_{name} LIMIT %s", [limit])
            columns = [column.name for column in cursor.description or []]
            rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
        if rows:
            found[name] = rows
    return found
