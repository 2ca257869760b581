"""Foreign keys follow the app line, every canonical row has history, and the log cannot be rewritten."""

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction

from core.actors import Actor
from core.guards import APPEND_ONLY, canonical_models
from core.models import Canonical, Event
from core.sealing.seal import seal_log
from core.verbs import acting
from projects.models import Worker
from tests.architecture.source import APPS
from tests.factories import ExceptionItemFactory, WorkerFactory

LINE = [app for app in APPS if app != "config"]
# Rows that are facts of their own, append-only or technical: nobody edits them, so they have no history.
WITHOUT_HISTORY = {
    "billing.CeilingUse",
    "core.Currency",
    "core.Event",
    "core.EventSeal",
    "core.IdempotencyRecord",
    "core.Reaction",
    "core.ScheduleSlot",
    "core.SealedEvent",
    "integrations.Credential",
    "integrations.Delivery",
    "integrations.DeliveryAttempt",
    "integrations.InboxMessage",
    "integrations.MirroredDeal",
    "integrations.ProcessStep",
    "integrations.StepAttempt",
}


# What each append-only table says, in the column somebody would want to change.
SAID = {"core_event": "reason", "core_eventseal": "root", "core_sealedevent": "digest"}


def own_models() -> list[type[models.Model]]:
    found = [model for model in apps.get_models() if model._meta.app_label in LINE]
    return [model for model in found if not model.__name__.startswith("Historical")]


def test_foreign_keys_follow_the_app_line() -> None:
    wrong = []
    for model in own_models():
        for field in model._meta.get_fields():
            target = field.related_model if isinstance(field, models.ForeignKey) else None
            if not isinstance(target, type) or target._meta.app_label not in LINE:
                continue
            if LINE.index(target._meta.app_label) > LINE.index(model._meta.app_label):
                wrong.append(f"{model._meta.label}.{field.name}")
    assert wrong == []


def test_every_model_keeps_history_or_is_named_here() -> None:
    canonical = set(canonical_models())
    without = {model._meta.label for model in own_models() if model not in canonical}
    assert without == WITHOUT_HISTORY
    assert all(issubclass(model, Canonical) for model in canonical)


def test_amounts_are_exact_and_identifiers_are_time_ordered() -> None:
    for model in own_models():
        for field in model._meta.concrete_fields:
            if field.name in DJANGOS_OWN:
                continue
            assert not isinstance(field, models.FloatField), f"{model._meta.label}.{field.name}"
            if isinstance(field, models.DateTimeField):
                assert field.name.endswith(("_at", "_until", "_since")), f"{model._meta.label}.{field.name}"
            elif isinstance(field, models.DateField):
                named = field.name.endswith(("_on", "_date", "_from", "_to", "_until")) or field.name in DAYS
                assert named, f"{model._meta.label}.{field.name}"


DAYS = {"month", "week", "cut_off"}
DJANGOS_OWN = {"last_login", "date_joined"}


@pytest.mark.django_db
def test_history_triggers_stand_on_every_canonical_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal")
        laid = set(cursor.fetchall())
    for model in canonical_models():
        for name in ("history_insert", "history_update", "history_delete", "next_version"):
            assert (model._meta.db_table, name) in laid, model._meta.label


@pytest.mark.django_db
def test_one_raw_update_of_10000_rows_leaves_10000_history_rows_with_actor_and_reason() -> None:
    Worker.objects.bulk_create(Worker(code=f"BULK{n}", name="Before") for n in range(10_000))
    with acting(Actor.system("test"), "Renamed in one statement"), connection.cursor() as cursor:
        cursor.execute("UPDATE projects_worker SET name = 'After' WHERE code LIKE 'BULK%'")
        assert cursor.rowcount == 10_000
    rows = Worker.history.filter(history_type="~", name="After")
    assert rows.count() == 10_000
    assert set(rows.values_list("history_user_id", "history_change_reason")) == {
        ("system:test", "Renamed in one statement")
    }
    assert set(Worker.objects.filter(code__startswith="BULK").values_list("version", flat=True)) == {2}


@pytest.mark.django_db
def test_history_tells_insert_update_and_delete_and_as_of() -> None:
    with acting(Actor.system("test"), "Entered"):
        worker = WorkerFactory.create(name="Before")
    before = Worker.history.latest().history_date
    with acting(Actor.system("test"), "Married"):
        Worker.objects.filter(pk=worker.pk).update(name="After")
    assert worker.history.as_of(before).name == "Before"
    with acting(Actor.system("test"), "Entered by mistake"):
        Worker.objects.filter(pk=worker.pk).delete()
    told = Worker.history.filter(id=worker.pk).order_by("history_id")
    assert [(row.history_type, row.name, row.history_change_reason) for row in told] == [
        ("+", "Before", "Entered"),
        ("~", "After", "Married"),
        ("-", "After", "Entered by mistake"),
    ]


@pytest.mark.django_db
def test_a_change_outside_of_every_verb_is_attributed_to_the_database_role() -> None:
    worker = WorkerFactory.create()
    assert worker.history.get().history_user_id == "database:tieout_app"


def refused(statement: str) -> str:
    with pytest.raises(DatabaseError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    return str(error.value)


@pytest.mark.django_db
@pytest.mark.parametrize("table", APPEND_ONLY)
def test_the_log_is_not_rewritten_by_the_app(table: str) -> None:
    _one_event()
    seal_log()
    before = Event.objects.values().get()
    for statement in (
        f"UPDATE {table} SET {SAID[table]} = ''",
        f"DELETE FROM {table}",
        f"TRUNCATE {table} CASCADE",
        f"ALTER TABLE {table} DISABLE TRIGGER ALL",
        f"DROP TABLE {table}",
    ):
        assert "permission denied" in refused(statement) or "must be owner" in refused(statement)
    assert Event.objects.values().get() == before


@pytest.mark.django_db
def test_history_is_not_written_by_hand() -> None:
    WorkerFactory.create()
    for statement in (
        "UPDATE projects_historicalworker SET name = 'x'",
        "DELETE FROM projects_historicalworker",
        "INSERT INTO projects_historicalworker SELECT * FROM projects_historicalworker",
    ):
        assert "permission denied" in refused(statement)


@pytest.mark.django_db(transaction=True)
def test_not_even_the_owner_rewrites_the_log(request: pytest.FixtureRequest) -> None:
    import psycopg

    _one_event()
    databases = request.getfixturevalue("databases")
    with psycopg.connect(databases.environment()["DATABASE_OWNER_URL"], autocommit=True) as owner:
        for statement in (
            "UPDATE core_event SET reason = 'x'",
            "DELETE FROM core_event",
            "TRUNCATE core_event CASCADE",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
                owner.execute(statement)
    assert Event.objects.count() == 1


def _one_event() -> None:
    from core.actions.exceptions import comment_exception

    comment_exception(ExceptionItemFactory.create().pk, comment="x", actor=Actor.system("test"))
