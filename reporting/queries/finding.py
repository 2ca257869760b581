"""Find by any id: ours, a connected system's, a code people quote, a correlation id, or a part of a name."""

from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Model, Q, QuerySet, Value

from billing.queries.visibility import visible_charges, visible_proposals, visible_runs
from contracts.queries import visible_contracts, visible_customers
from core.access import entities_in_force, entity_filter
from core.identifiers import parse_uuid
from core.models import Event, User
from core.presentation.parts import Link
from core.queries.exceptions import visible_exceptions
from integrations.models import ExternalReference
from integrations.queries.deliveries import visible_deliveries
from integrations.queries.processes import visible_processes
from projects.queries import visible_projects
from reporting.queries import subjects
from reporting.queries.addresses import address
from reporting.queries.subjects import Subject
from timesheets.queries.visible import visible_time

MOST = 8
MOST_EVENTS = 50


@dataclass(frozen=True)
class _Kind:
    """One kind of object: its visible rows, the fields of its codes and ids, how it becomes a subject."""

    rows: Callable[[User], QuerySet[Any]]
    codes: tuple[str, ...]
    ids: tuple[str, ...]
    subject: Callable[[Any], Subject]
    related: tuple[str, ...] = ()

    def carrying(self, text: str, identifiers: Set[UUID]) -> Q:
        """Return the condition that a row carries the code or one of the ids; an empty one where none can."""
        wanted = Q()
        for name in self.codes if text else ():
            wanted |= Q(**{f"{name}__iexact": text})
        for name in self.ids if identifiers else ():
            wanted |= Q(**{f"{name}__in": identifiers})
        return wanted


def _messages(user: User) -> QuerySet[Any]:
    return subjects.with_contracts(visible_deliveries(user))


_KINDS = (
    _Kind(visible_exceptions, ("number",), ("pk",), subjects.exception_subject),
    _Kind(
        visible_proposals,
        ("number", "erp_number", "payments__external_id", "erp_documents__number", "run__number"),
        ("pk", "lines__pk", "run__pk"),
        subjects.proposal_subject,
    ),
    _Kind(
        visible_contracts,
        ("code", "customer__code", "rate_cards__code"),
        ("pk", "versions__pk", "customer__pk"),
        subjects.contract_subject,
    ),
    _Kind(
        visible_processes,
        ("correlation",),
        ("pk", "steps__pk", "steps__operation_id"),
        subjects.process_subject,
    ),
    _Kind(visible_projects, ("code",), ("pk", "tasks__pk"), subjects.project_subject),
    _Kind(
        visible_time,
        ("source_key",),
        ("pk", "root_id", "timesheet__pk"),
        subjects.entry_subject,
        ("project", "worker"),
    ),
    _Kind(visible_charges, (), ("pk",), subjects.charge_subject, ("project",)),
    _Kind(_messages, ("correlation_id",), ("pk", "operation_id"), subjects.delivery_subject),
)


def find_subjects(text: str, user: User) -> list[Subject]:
    """Return what the person may see that carries exactly this id, code or number; the nearest first."""
    wanted = text.strip().replace("\0", "")[:160]
    if not wanted:
        return []
    identifier = parse_uuid(wanted)
    found = list(_carrying(user, wanted, {identifier} if identifier else set()))
    if not found:
        found = list(_behind_references(wanted, user))
    if not found:
        found = list(_behind_events(wanted, identifier, user))
    return list({subject.id: subject for subject in found}.values())


def suggestions(text: str, user: User) -> list[tuple[str, list[Link]]]:
    """Return what begins with or contains the text, in groups, for the palette."""
    if len(text.strip()) < 2:
        return []
    places: list[tuple[str, QuerySet[Any], str, tuple[str, ...]]] = [
        ("Contracts", visible_contracts(user), "contract", ("code", "name")),
        ("Customers", visible_customers(user), "customer", ("code", "name")),
        ("Projects", visible_projects(user), "project", ("code", "name")),
        ("Invoices", visible_proposals(user), "proposal", ("number", "erp_number")),
        ("Billing runs", visible_runs(user), "billing_run", ("number",)),
        ("Exceptions", visible_exceptions(user), "exception", ("number", "title")),
    ]
    listed = [(label, list(_links(rows, page, names, text.strip()))) for label, rows, page, names in places]
    return [(label, links) for label, links in listed if links]


def _carrying(user: User, text: str, identifiers: Set[UUID]) -> Iterator[Subject]:
    """Ask all kinds at once which rows carry the text or one of the ids, then read those of the kinds hit."""
    asked = [
        kind.rows(user)
        .filter(pk__in=kind.rows(user).filter(wanted).values("pk"))
        .values_list(Value(place), "pk")
        for place, kind in enumerate(_KINDS)
        if (wanted := kind.carrying(text, identifiers))
    ]
    if not asked:
        return
    hits: dict[int, list[UUID]] = {}
    first, *others = [rows[:MOST] for rows in asked]
    for place, pk in first.union(*others, all=True):
        hits.setdefault(place, []).append(pk)
    for place, ids in sorted(hits.items()):
        kind = _KINDS[place]
        rows = kind.rows(user).filter(pk__in=ids).select_related(*kind.related)
        yield from map(kind.subject, rows)


def _behind_references(text: str, user: User) -> Iterator[Subject]:
    """Follow what a connected system calls one of our objects."""
    known = ExternalReference.objects.filter(external_id__iexact=text)
    yield from _carrying(user, "", set(known.values_list("object_id", flat=True)[:MOST]))


def _behind_events(text: str, identifier: UUID | None, user: User) -> Iterator[Subject]:
    """Follow a correlation id or an event's id to the objects of its events."""
    if not entities_in_force(user, "trace.view"):
        return
    named = Q(correlation_id=text) | (Q(id=identifier) if identifier else Q(pk__in=[]))
    seen = entity_filter(user, "trace.view", "legal_entity") | Q(legal_entity=None)
    rows = Event.objects.filter(seen, named).order_by("seq").values_list("aggregate_id", flat=True)
    yield from _carrying(user, "", set(rows[:MOST_EVENTS]))


def _links(rows: QuerySet[Any], page: str, names: Iterable[str], text: str) -> Iterator[Link]:
    code, *others = names
    wanted = Q(**{f"{code}__istartswith": text})
    for name in others:
        wanted |= Q(**{f"{name}__icontains": text})
    for row in rows.filter(wanted).order_by(code)[:5]:
        yield Link(_label(row, code, others), address(page, getattr(row, code)))


def _label(row: Model, code: str, others: Iterable[str]) -> str:
    named = [str(getattr(row, name)) for name in others if getattr(row, name)]
    return " ".join([str(getattr(row, code)), *named])
