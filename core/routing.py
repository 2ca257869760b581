"""Give exceptions to whom the rules name, with their due time. Steps: they need an open transaction."""

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from core.event_types import ExceptionRouted
from core.events import Happening, record_all
from core.models import ExceptionItem, ExceptionRoute, User
from core.models.routes import CONDITIONS
from core.permissions import holds
from core.states import ExceptionState

DUE_IN = {"business": timedelta(days=5), "technical": timedelta(days=1)}
SATURDAY = 5


@dataclass(frozen=True)
class Answering:
    """Who answers for a contract: codes to match rules by, people to give items to."""

    contract: str
    customer: str
    owner: User | None
    project_manager: User | None


Find = Callable[[Collection[uuid.UUID]], Mapping[uuid.UUID, Answering]]
_finders: list[Find] = []


def answers_for_contracts(find: Find) -> Find:
    """Register the one query that tells who answers for contracts; the kernel knows none."""
    _finders[:] = [find]
    return find


def route(items: Sequence[ExceptionItem]) -> list[ExceptionItem]:
    """Give each item the person and due time of the rule that fits it best; return those that changed.

    An item that a person gave to somebody keeps its owner. Somebody who may not work on the item is passed
    over. Takes the same number of queries for any number of items, but one per person a rule names.
    """
    routes = list(
        ExceptionRoute.objects.filter(_possible(items), is_active=True).select_related(
            "owner", "legal_entity"
        )
    )
    people = _people([item for item in items if item.contract_id], routes)
    changed, happenings = [], []
    for item in items:
        before, previous = _routed(item), item.owner_id
        answering = people.get(item.contract_id) if item.contract_id else None
        rule = _best(routes, item, answering)
        _apply(rule, item, answering)
        if _routed(item) != before:
            changed.append(item)
            happenings.append(_happening(item, rule, previous))
    ExceptionItem.objects.bulk_update(changed, ["owner", "state", "due_at", "route"], batch_size=500)
    record_all(happenings)
    return changed


def due_after(opened_at: datetime, rule: ExceptionRoute | None, kind: str) -> datetime:
    """Return when an item opened then is due."""
    if rule and rule.due_hours is not None:
        return opened_at + timedelta(hours=rule.due_hours)
    if rule and rule.due_working_days is not None:
        return _working_days_after(opened_at, rule.due_working_days)
    return opened_at + DUE_IN[kind]


def _working_days_after(moment: datetime, days: int) -> datetime:
    while days:
        moment += timedelta(days=1)
        days -= moment.weekday() < SATURDAY
    return moment


def _possible(items: Iterable[ExceptionItem]) -> Q:
    codes = {item.code for item in items}
    return Q(code="") | Q(code__in=codes)


def _people(
    items: Sequence[ExceptionItem], routes: Sequence[ExceptionRoute]
) -> Mapping[uuid.UUID, Answering]:
    if not routes or not items or not _finders:
        return {}
    return _finders[0]({item.contract_id for item in items if item.contract_id})


def _best(
    routes: Iterable[ExceptionRoute], item: ExceptionItem, people: Answering | None
) -> ExceptionRoute | None:
    facts = {
        "contract": people.contract if people else "",
        "customer": people.customer if people else "",
        **{name: getattr(item, name) for name in ("code", "flow", "team", "kind")},
        "legal_entity_id": item.legal_entity_id,
    }
    fitting = [rule for rule in routes if all(_fits(rule, name, facts) for name in CONDITIONS)]
    return max(fitting, key=_narrowness, default=None)


def _fits(rule: ExceptionRoute, name: str, facts: Mapping[str, object]) -> bool:
    column = "legal_entity_id" if name == "legal_entity" else name
    wanted = getattr(rule, column)
    return not wanted or wanted == facts[column]


def _narrowness(rule: ExceptionRoute) -> tuple[bool, ...]:
    """Compare like words: the first condition that only one of two rules has decides."""
    return tuple(bool(getattr(rule, f"{name}_id" if name == "legal_entity" else name)) for name in CONDITIONS)


def _apply(rule: ExceptionRoute | None, item: ExceptionItem, people: Answering | None) -> None:
    item.due_at = due_after(item.opened_at, rule, item.kind)
    given_by_hand = item.owner_id is not None and item.route_id is None
    if given_by_hand:
        return
    item.owner = _owner(rule, item, people)
    item.route = rule if item.owner else None
    item.state = ExceptionState.IN_PROGRESS if item.owner else ExceptionState.OPEN


def _happening(item: ExceptionItem, rule: ExceptionRoute | None, previous: uuid.UUID | None) -> Happening:
    assert item.due_at
    who = item.owner_id, previous, str(item.owner or "")
    routed = ExceptionRouted(item.number, str(rule or ""), *who, item.due_at)
    return Happening("core.exceptionitem", item.pk, routed, item.legal_entity_id)


def _owner(rule: ExceptionRoute | None, item: ExceptionItem, people: Answering | None) -> User | None:
    if rule is None:
        return None
    choices = {
        ExceptionRoute.AssignTo.PERSON: rule.owner,
        ExceptionRoute.AssignTo.CONTRACT_OWNER: people.owner if people else None,
        ExceptionRoute.AssignTo.PROJECT_MANAGER: people.project_manager if people else None,
    }
    owner = choices.get(ExceptionRoute.AssignTo(rule.assign_to))
    return owner if owner and holds(owner, "exception.work", item.legal_entity_id) else None


def _routed(item: ExceptionItem) -> tuple[object, ...]:
    return item.owner_id, item.due_at, item.route_id
