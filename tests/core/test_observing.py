"""What operators see: alive, ready, figures, traces."""

import io
import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import structlog
from django.core.management import CommandError, call_command
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.utils import timezone
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pytest_django.fixtures import Settings

from config.local.valkey import ValkeyServer
from config.logs import logging as logging_settings
from core.actors import Actor
from core.correlation import correlated
from core.event_types import ExceptionCommented
from core.events import record
from core.models import Event, Reaction
from core.observing import readiness, tracing
from core.observing.gauges import measured
from core.verbs import acting
from tests.factories import ExceptionItemFactory

CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    """Record the spans of this test only."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(tracing, "_tracer", provider.get_tracer("test"))
    yield exporter
    provider.shutdown()


def named(exporter: InMemorySpanExporter, name: str) -> ReadableSpan:
    return next(span for span in exporter.get_finished_spans() if span.name == name)


def test_alive_without_a_database(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_ready_with_a_database_also_without_a_broker(
    client: Client, valkey: ValkeyServer, settings: Settings
) -> None:
    settings.REDIS_URL = valkey.url
    assert client.get("/readyz").json() == {"ready": True, "database": "ok", "broker": "ok"}
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    away = client.get("/readyz")
    assert (away.status_code, away.json()["broker"]) == (200, "does not answer")


@pytest.mark.django_db
def test_not_ready_before_the_migrations(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    readiness._migrated.cache_clear()
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda self, targets: ["one"])
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["database"]) == (503, "waits for migrations")


@pytest.mark.django_db
def test_figures_tell_what_waits(client: Client) -> None:
    item = ExceptionItemFactory.create(
        code="rate_missing", kind="business", due_at=timezone.now() - timedelta(1)
    )
    event = _commented(item)
    due = timezone.now() - timedelta(seconds=410)
    Reaction.objects.create(event=event, handler="nobody", available_at=due)
    figures = {(gauge.name, *sorted(gauge.labels.values())): gauge.value for gauge in measured()}
    assert figures["tieout_reactions", "pending"] == 1
    assert figures["tieout_exceptions_open", "business", "rate_missing"] == 1
    assert figures["tieout_exceptions_overdue", "business", "rate_missing"] == 1
    assert 400 <= figures["tieout_oldest_due_seconds", "default"] < 500
    assert figures["tieout_oldest_due_seconds", "erp"] == 0
    text = client.get("/metrics").content.decode()
    assert 'tieout_exceptions_open{code="rate_missing",kind="business"} 1.0' in text
    client.get("/login/")
    assert (
        'tieout_request_seconds_count{method="GET",page="login",status="200"}'
        in client.get("/metrics").content.decode()
    )


@pytest.mark.django_db
def test_figures_are_for_holders_of_the_token(client: Client, settings: Settings) -> None:
    settings.DEMO = False
    assert client.get("/metrics").status_code == 404
    settings.METRICS_TOKEN = "secret"
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"Authorization": "Bearer other"}).status_code == 401
    assert client.get("/metrics", headers={"Authorization": "Bearer secret"}).status_code == 200


@pytest.mark.django_db
def test_workers_are_alive_while_due_work_does_not_wait() -> None:
    out = io.StringIO()
    call_command("check_progress", stdout=out)
    assert out.getvalue() == "Nothing that is due is waiting.\n"
    event = _commented(ExceptionItemFactory.create())
    Reaction.objects.create(
        event=event, handler="nobody", available_at=timezone.now() - timedelta(seconds=410)
    )
    call_command("check_progress", "--queue=erp", stdout=out)
    with pytest.raises(CommandError, match=r"Due work is waiting for its workers: default: 4[01]\d s\."):
        call_command("check_progress")
    with pytest.raises(CommandError, match="no queue 'crm': default, erp"):
        call_command("check_progress", "--queue=crm")


def _commented(item: Any) -> Event:
    with acting(Actor.system("test")):
        record(item, ExceptionCommented("EX-1", "hello"))
    return Event.objects.latest("seq")


@pytest.mark.django_db
def test_a_trace_goes_from_the_caller_into_the_event(client: Client, spans: InMemorySpanExporter) -> None:
    with tracing.span("request", parent=CALLER):
        event = _commented(ExceptionItemFactory.create())
    request = named(spans, "request")
    assert request.context is not None and request.parent is not None
    assert f"{request.parent.span_id:016x}" == "b7ad6b7169203331"
    assert event.traceparent == f"00-{request.context.trace_id:032x}-{request.context.span_id:016x}-01"
    with tracing.span("reaction", caused_by=[event.traceparent, event.traceparent, "", "nonsense"]):
        pass
    reaction = named(spans, "reaction")
    assert reaction.parent is None
    assert [link.context.span_id for link in reaction.links] == [request.context.span_id]


@pytest.mark.django_db
def test_a_request_is_a_span_named_by_its_page(client: Client, spans: InMemorySpanExporter) -> None:
    client.get("/login/", headers={"traceparent": CALLER})
    span = named(spans, "GET login")
    assert span.parent is not None and f"{span.parent.trace_id:032x}" == CALLER.split("-")[1]
    assert dict(span.attributes or {})["http.response.status_code"] == 200


def test_log_lines_are_json_with_the_ids_of_their_work(spans: InMemorySpanExporter) -> None:
    with correlated("request-0001"), tracing.span("work"):
        line = json.loads(_formatted(as_json=True))
        context = trace.get_current_span().get_span_context()
    assert line.pop("timestamp").endswith("Z")
    assert "ZeroDivisionError" in line.pop("exception")
    assert line == {
        "event": "could not do 3",
        "level": "error",
        "logger": "tieout.test",
        "correlation_id": "request-0001",
        "trace_id": f"{context.trace_id:032x}",
        "span_id": f"{context.span_id:016x}",
    }


def test_log_lines_for_people_are_plain() -> None:
    with correlated("request-0001"):
        first, *rest = _formatted(as_json=False).splitlines()
    assert first.partition(" ")[2] == "ERROR tieout.test [request-0001] could not do 3"
    assert rest[-1] == "ZeroDivisionError: integer division or modulo by zero"


def _formatted(*, as_json: bool) -> str:
    given = logging_settings(level="WARNING", as_json=as_json)["formatters"]["structured"]
    formatter = structlog.stdlib.ProcessorFormatter(
        **{key: value for key, value in given.items() if key != "()"}
    )
    try:
        divmod(1, 0)
    except ZeroDivisionError as error:
        failed = (type(error), error, error.__traceback__)
    return formatter.format(
        logging.LogRecord("tieout.test", logging.ERROR, "", 1, "could not do %s", (3,), failed)
    )
