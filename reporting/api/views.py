"""Experience views: trace by any id, and the figures of the dashboards."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.viewsets import Endpoint
from core.errors import NotFound
from core.presentation.parts import Kpi
from core.verbs import reading
from reporting.home import billing, exceptions, systems, work
from reporting.home.parts import Reader, Section
from reporting.home.roles import reader_of
from reporting.queries.chain import chain_nodes
from reporting.queries.finding import find_subjects
from reporting.queries.story import Trace, trace_of


class NodeOutput(serializers.Serializer[Any]):
    """A stage between contract and payment: done, failed or waiting."""

    label = serializers.CharField()  # type: ignore[assignment]
    state = serializers.ChoiceField(["done", "failed", "waiting"])
    code = serializers.CharField()
    text = serializers.CharField()


class StepOutput(serializers.Serializer[Any]):
    """Something that happened, newest first."""

    at = serializers.DateTimeField(source="activity.at")
    type = serializers.CharField()
    text = serializers.CharField(source="activity.text")
    who = serializers.CharField(source="activity.person.name", default="")
    correlation_id = serializers.CharField()


class MessageOutput(serializers.Serializer[Any]):
    """A message to another system."""

    id = serializers.UUIDField()
    system = serializers.CharField(source="system.code")
    operation = serializers.CharField()
    operation_id = serializers.UUIDField()
    state = serializers.CharField()
    attempts = serializers.IntegerField()
    error = serializers.CharField()


class TraceOutput(serializers.Serializer[Any]):
    """Everything around an object, from contract to payment."""

    kind = serializers.CharField(source="subject.kind")
    id = serializers.UUIDField(source="subject.id")
    code = serializers.CharField(source="subject.code")
    label = serializers.CharField(source="subject.label")  # type: ignore[assignment]
    chain = NodeOutput(many=True)
    exceptions = serializers.ListField(child=serializers.CharField())
    documents = serializers.ListField(child=serializers.CharField())
    messages = MessageOutput(many=True)
    events = StepOutput(many=True, source="steps")


class TraceView(Endpoint):
    """Trace by any id of any system."""

    permission = "trace.view"
    rate = "reporting"

    @extend_schema(operation_id="trace", responses=TraceOutput(many=True))
    def get(self, request: Request, text: str) -> Response:
        """Return what an id or code means and everything around it; one entry per meaning."""
        with reading(self.actor):
            found = [trace_of(subject, self.caller) for subject in find_subjects(text, self.caller)]
            if not found:
                raise NotFound("Nothing you may see carries this id.")
            return Response(TraceOutput([_told(one) for one in found], many=True).data)


def _told(found: Trace) -> dict[str, Any]:
    facts, failed = found.facts, found.subject.failed
    return {
        "subject": found.subject,
        "chain": chain_nodes(facts, failed=failed) if facts else (),
        "exceptions": [item.number for item in found.exceptions],
        "documents": [document.number for document in found.documents],
        "messages": found.messages,
        "steps": found.steps,
    }


class FigureOutput(serializers.Serializer[Any]):
    """One figure; `amount` in `currency`, or `text` where it is no money."""

    label = serializers.CharField()  # type: ignore[assignment]
    amount = serializers.DecimalField(max_digits=24, decimal_places=4, allow_null=True)
    currency = serializers.CharField()
    text = serializers.CharField()
    remark = serializers.CharField()


class LineOutput(serializers.Serializer[Any]):
    """One thing that waits."""

    label = serializers.CharField()  # type: ignore[assignment]
    detail = serializers.CharField()
    amount = serializers.DecimalField(max_digits=24, decimal_places=4, allow_null=True)
    currency = serializers.CharField()
    text = serializers.CharField()
    state = serializers.CharField()
    href = serializers.CharField()


class ListOutput(serializers.Serializer[Any]):
    """What waits, the most important first."""

    title = serializers.CharField()
    lines = LineOutput(many=True)


_DASHBOARD = inline_serializer(
    "Dashboard", {"figures": FigureOutput(many=True), "lists": ListOutput(many=True)}
)


class _Dashboard(Endpoint):
    rate = "reporting"

    def figures(self, reader: Reader) -> list[Kpi]:
        raise NotImplementedError

    def lists(self, reader: Reader) -> list[Section]:
        raise NotImplementedError

    def answer(self) -> Response:
        with reading(self.actor):
            reader = reader_of(self.caller, timezone.now())
            figures, lists = self.figures(reader), self.lists(reader)
            told = {
                "figures": FigureOutput(figures, many=True).data,
                "lists": ListOutput(lists, many=True).data,
            }
            return Response(told)


class FinanceDashboard(_Dashboard):
    """What holds billing back, is unbilled, waits for approval, or differs from the ERP."""

    permission = "run.view"

    @extend_schema(operation_id="dashboard_finance", responses=_DASHBOARD)
    def get(self, request: Request) -> Response:
        """Return the figures and lists of finance."""
        return self.answer()

    def figures(self, reader: Reader) -> list[Kpi]:
        """Return the four figures."""
        shown = (exceptions.at_stake, billing.unbilled, billing.in_approval, systems.breaks_total)
        return [figure(reader) for figure in shown]

    def lists(self, reader: Reader) -> list[Section]:
        """Return exceptions, runs and breaks."""
        shown = (exceptions.needs_you, billing.current_runs, systems.open_breaks)
        return [section(reader) for section in shown]


class PmoDashboard(_Dashboard):
    """What time waits for approval, and what approved work is unbilled."""

    permission = "time.approve"

    @extend_schema(operation_id="dashboard_pmo", responses=_DASHBOARD)
    def get(self, request: Request) -> Response:
        """Return the figures and lists of project management."""
        return self.answer()

    def figures(self, reader: Reader) -> list[Kpi]:
        """Return hours waiting, unbilled work and what exceptions hold back."""
        return [work.hours_waiting(reader), billing.unbilled(reader), exceptions.at_stake(reader)]

    def lists(self, reader: Reader) -> list[Section]:
        """Return time to approve, unbilled work and exceptions."""
        shown = (work.time_to_approve, billing.unbilled_by_contract, exceptions.needs_you)
        return [section(reader) for section in shown]
