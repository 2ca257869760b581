from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.utils import resolve_relation

from core.first_tables import FirstTables

APPS = ("core", "contracts", "projects", "timesheets", "billing", "integrations")


def first_migrations() -> dict[str, FirstTables]:
    found = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    firsts = {app: found[app, "0001_initial"] for app in APPS}
    return {app: first for app, first in firsts.items() if isinstance(first, FirstTables)}


def test_every_app_makes_its_first_tables_at_once() -> None:
    assert tuple(first_migrations()) == APPS


def test_first_migrations_hold_nothing_that_needs_the_state_between_two_operations() -> None:
    kinds = {type(operation) for first in first_migrations().values() for operation in first.operations}
    assert kinds == {BtreeGistExtension, migrations.CreateModel}


def test_every_table_is_made_after_those_it_points_to() -> None:
    for app, first in first_migrations().items():
        made: set[tuple[str, str]] = set()
        for operation in first.operations:
            if not isinstance(operation, migrations.CreateModel):
                continue
            made.add((app, operation.name_lower))
            remotes = [field.remote_field for _, field in operation.fields if field.remote_field]
            targets = {resolve_relation(remote.model, app, operation.name_lower) for remote in remotes}
            inside = {target for target in targets if target[0] == app}
            assert inside <= made, operation.name
