"""What happened to an object and to everything around it: events, people, messages, in order of time."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet, Value

from billing.models import Charge, Proposal
from billing.queries.visibility import visible_proposals
from contracts.models import ContractVersion
from core.access import entity_filter
from core.models import Event, ExceptionItem, User
from core.presentation.parts import Activity
from core.queries.activity import activity_of, with_people
from core.queries.exceptions import visible_exceptions
from integrations.models import Delivery, DeliveryAttempt
from integrations.queries.deliveries import visible_deliveries
from integrations.queries.processes import visible_processes
from reporting.queries.chain import ChainFacts, Stretch, chain_facts
from reporting.queries.subjects import Subject
from timesheets.models import TimeEntry, Timesheet

MOST_EVENTS = 200
MOST_DOCUMENTS = 50


@dataclass(frozen=True)
class Step:
    """One event as the page shows it."""

    activity: Activity
    type: str
    object_label: str
    correlation_id: str
    effective_on: object


@dataclass(frozen=True)
class Trace:
    """Everything known about a subject."""

    subject: Subject
    facts: ChainFacts | None
    steps: list[Step]
    messages: list[Delivery]
    exceptions: list[ExceptionItem]
    documents: list[Proposal]
    processes: list[UUID]

    @property
    def people(self) -> list[str]:
        """Return who acted, each once."""
        names = [step.activity.person.name for step in self.steps if step.activity.person]
        return list(dict.fromkeys(names))

    @property
    def began_at(self) -> datetime | None:
        """Return when the oldest event shown happened."""
        return min((step.activity.at for step in self.steps), default=None)


def trace_of(subject: Subject, user: User) -> Trace:
    """Read chain, events, messages and exceptions of a subject, as far as the person may see them."""
    documents = list(_documents(subject.stretch, user))
    messages = list(_messages(subject, documents, user))
    exceptions = list(_exceptions(subject, documents, user))
    parts = list(_parts(subject.stretch, user))
    aggregates = {
        *subject.aggregates,
        *parts,
        *(("billing.proposal", document.pk) for document in documents),
        *(("integrations.delivery", message.pk) for message in messages),
        *(("core.exceptionitem", item.pk) for item in exceptions),
    }
    return Trace(
        subject=subject,
        facts=chain_facts(subject.stretch) if subject.stretch else None,
        steps=_steps(aggregates, subject, user),
        messages=messages,
        exceptions=exceptions,
        documents=documents,
        processes=[pk for kind, pk in parts if kind == "integrations.process"],
    )


def _documents(stretch: Stretch | None, user: User) -> QuerySet[Proposal]:
    if stretch is None:
        return Proposal.objects.none()
    rows = visible_proposals(user).filter(contract=stretch.contract_id).select_related("billing_account")
    if stretch.proposal_id:
        rows = rows.filter(Q(pk=stretch.proposal_id) | Q(credits=stretch.proposal_id))
    if stretch.roots is not None:
        rows = rows.filter(lines__charges__source_id__in=stretch.roots).distinct()
    return rows.order_by("-number")[:MOST_DOCUMENTS]


def _messages(subject: Subject, documents: Collection[Proposal], user: User) -> QuerySet[Delivery]:
    attempts = Prefetch("log", DeliveryAttempt.objects.order_by("id"))
    about = Q(aggregate_id__in=[document.pk for document in documents]) | Q(pk=subject.id)
    rows = visible_deliveries(user).filter(about).select_related("system").prefetch_related(attempts)
    return rows.order_by("created_at")[:MOST_DOCUMENTS]


def _exceptions(subject: Subject, documents: Collection[Proposal], user: User) -> QuerySet[ExceptionItem]:
    about = Q(object_id__in=[subject.id, *(document.pk for document in documents)]) | Q(pk=subject.id)
    if subject.stretch and subject.stretch.proposal_id is None and subject.stretch.roots is None:
        about |= Q(contract_id=subject.stretch.contract_id)
    return visible_exceptions(user).filter(about).order_by("-opened_at")[:MOST_DOCUMENTS]


def _parts(stretch: Stretch | None, user: User) -> Iterable[tuple[str, UUID]]:
    """Name the contract's versions, processes, and the weeks its work was recorded in, the latest first."""
    if stretch is None:
        return []
    entries = TimeEntry.objects.filter(project__contract=stretch.contract_id)
    if stretch.proposal_id:
        behind = Charge.objects.filter(proposal_line__proposal=stretch.proposal_id).values("source_id")
        entries = entries.filter(root_id__in=behind)
    if stretch.roots is not None:
        entries = entries.filter(root_id__in=stretch.roots)
    weeks = Timesheet.objects.filter(pk__in=entries.values("timesheet")).order_by("-week", "pk")
    versions = ContractVersion.objects.filter(contract=stretch.contract_id).order_by()
    processes = visible_processes(user).filter(contract_id=stretch.contract_id).order_by()
    return weeks.values_list(Value("timesheets.timesheet"), "pk")[:MOST_DOCUMENTS].union(
        versions.values_list(Value("contracts.contractversion"), "pk"),
        processes.values_list(Value("integrations.process"), "pk"),
        all=True,
    )


def _steps(aggregates: Collection[tuple[str, UUID]], subject: Subject, user: User) -> list[Step]:
    kinds, ids = {kind for kind, _ in aggregates}, {pk for _, pk in aggregates}
    about = Q(aggregate_type__in=kinds, aggregate_id__in=ids)
    if subject.stretch:
        # A week holds the work of several contracts; only this one's is told.
        contract = str(subject.stretch.contract_id)
        about &= ~Q(aggregate_type="timesheets.timesheet") | Q(payload__contract_id=contract)
    if subject.correlation_id:
        about |= Q(correlation_id=subject.correlation_id)
    seen = entity_filter(user, "trace.view", "legal_entity") | Q(legal_entity=None)
    rows = with_people(Event.objects.filter(seen, about).order_by("-seq"))
    return [_step(row) for row in rows[:MOST_EVENTS]]


def _step(row: Event) -> Step:
    label = row.payload.get("number") or row.payload.get("code") or row.payload.get("contract") or ""
    return Step(activity_of(row), row.type, str(label), row.correlation_id, row.effective_on)
