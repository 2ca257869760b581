"""Every address × role × legal entity: who is not signed in gets nothing, and nobody sees another entity."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from core.models import Event, Role, User
from tests.architecture.world import World, build, routes
from tests.personas import api_client, page_client, person

SIGNED_LINKS = {"client_document", "client_sign_off"}
PUBLIC = {"healthz", "login", "logout", "metrics", "preferences", "readyz", "webhook"} | SIGNED_LINKS
# How the parameters of an address are filled, by the beginning of its name: the longest one counts.
OBJECTS: dict[str, Callable[[World], dict[str, Any]]] = {
    "legal-entity": lambda w: {"pk": w.entity.pk},
    "period": lambda w: {"pk": w.period.pk},
    "event": lambda w: {"pk": w.event.id},
    "exception-": lambda w: {"pk": w.item.pk},
    "exception": lambda w: {"number": w.item.number},
    "exception_comment": lambda w: {"pk": w.item.pk},
    "exception_undo": lambda w: {"correlation": "unknown-correlation"},
    "exception_decide": lambda w: {"kind": "resolve"},
    "fix_": lambda w: {"number": w.item.number},
    "customer": lambda w: {"pk": w.customer.pk, "code": w.customer.code},
    "billing-account": lambda w: {"pk": w.account.pk},
    "billing_account": lambda w: {"code": w.account.code},
    "billing_account_new": lambda w: {"code": w.customer.code},
    "contract": lambda w: {"pk": w.contract.pk, "code": w.contract.code, "kind": "hold"},
    "contract-version": lambda w: {"pk": w.version.pk},
    "contract_version": lambda w: {"code": w.contract.code, "number": 1, "kind": "submit"},
    "deal": lambda w: {"code": w.deal.code},
    "deal_fix": lambda w: {"number": w.item.number},
    "deal_conflict": lambda w: {"pk": w.conflict.pk},
    "opportunity": lambda w: {"pk": w.deal.pk},
    "rate-card": lambda w: {"pk": w.card.pk},
    "rate_card": lambda w: {"code": w.card.code},
    "rate-": lambda w: {"pk": w.rate.pk},
    "rate_": lambda w: {"code": w.card.code},
    "worker": lambda w: {"pk": w.worker.pk, "code": w.worker.code},
    "employment-": lambda w: {"pk": w.employment.pk},
    "employment_": lambda w: {"code": w.worker.code},
    "project": lambda w: {"pk": w.project.pk, "code": w.project.code, "kind": "hold"},
    "project_new": lambda w: {"code": w.contract.code},
    "task": lambda w: {"pk": w.task.pk, "kind": "close"},
    "task_new": lambda w: {"code": w.project.code},
    "assignment": lambda w: {"pk": w.assignment.pk},
    "assignment_new": lambda w: {"code": w.project.code},
    "milestone": lambda w: {"pk": w.milestone.pk, "code": w.milestone.code, "kind": "complete"},
    "milestone_document": lambda w: {"pk": uuid4(), "code": w.milestone.code},
    "milestone_link_revoke": lambda w: {"pk": w.link.pk},
    "time_entr": lambda w: {"pk": w.entry.pk},
    "time-entr": lambda w: {"pk": w.entry.pk},
    "expense": lambda w: {"pk": w.expense.pk, "kind": "submit"},
    "expense-categor": lambda w: {"pk": w.expense.category_id},
    "expense_approvals": lambda w: {},
    "timesheet": lambda w: {"pk": w.timesheet.pk},
    "approval": lambda w: {"pk": uuid4()},
    "correction": lambda w: {"pk": w.entry.pk},
    "week": lambda w: {"worker": w.worker.code, "week": w.timesheet.week},
    "billing_run": lambda w: {"number": w.run.number},
    "billing-run": lambda w: {"pk": w.run.pk},
    "proposal": lambda w: {"number": w.proposal.number, "pk": w.proposal.pk, "verb": "submit"},
    "credit": lambda w: {"pk": w.proposal.pk, "number": w.proposal.number},
    "process": lambda w: {"pk": w.process.pk},
    "payment": lambda w: {"pk": w.payment.pk},
    "erp-document": lambda w: {"pk": w.document.pk},
    "adjustment": lambda w: {"pk": uuid4()},
    "hold": lambda w: {"pk": w.hold.pk},
    "charge": lambda w: {"pk": w.charge.pk},
    "delivery": lambda w: {"pk": w.delivery.pk},
    "system": lambda w: {"pk": w.system.pk},
    "webhook": lambda w: {"system": w.system.code},
    "external-reference": lambda w: {"pk": w.reference.pk},
    "reconciliation": lambda w: {"pk": w.comparison.pk, "kind": "invoices"},
    "break": lambda w: {"pk": getattr(w, "break").pk},
    "trace": lambda w: {"text": w.contract.code},
    "api_trace": lambda w: {"text": w.contract.code},
}
# Customers, people and systems belong to no legal entity: whoever reads agreements anywhere sees them.
ANSWERS = {200, 286, 301, 302, 403, 404, 405, 409, 422}
ROUTES = sorted(dict(routes()).items())


def address(name: str, parameters: tuple[str, ...], world: World) -> str:
    """Return the address with the world's objects; fails for a route nobody has told how to fill."""
    if not parameters:
        return reverse(name)
    known = max((start for start in OBJECTS if name.startswith(start)), key=len, default="")
    assert known, f"tests/architecture/test_routes.py does not know how to fill {name} {parameters}"
    values = OBJECTS[known](world)
    return reverse(name, kwargs={parameter: values[parameter] for parameter in parameters})


class Visitor:
    """A person with a browser and a token."""

    def __init__(self, user: User) -> None:
        self.browser, self.program = page_client(user), api_client(user)

    def __call__(self, path: str) -> Client:
        return self.program if path.startswith("/api/") else self.browser


def body_of(answer: Any) -> str:
    return str(answer.getvalue().decode()) if hasattr(answer, "getvalue") else ""


def test_every_route_asks_who_is_there(db: None) -> None:
    world, stranger = build("ALPHA"), Client()
    for name, parameters in ROUTES:
        if name in PUBLIC:
            continue
        path = address(name, parameters, world)
        for answer in (stranger.get(path), stranger.post(path)):
            leads_to_login = answer.headers.get("Location", "").startswith("/login/")
            expected = answer.status_code == 401 if path.startswith("/api/") else leads_to_login
            assert expected or answer.status_code == 405, f"{name}: {answer.status_code}"


def test_someone_without_a_role_sees_nothing(outsider: User) -> None:
    world, visitor = build("ZETA"), Visitor(outsider)
    for name, parameters in ROUTES:
        if name not in PUBLIC:
            path = address(name, parameters, world)
            assert "ZETA" not in body_of(visitor(path).get(path)).replace(path, ""), name


@pytest.mark.parametrize("role", Role.values)
def test_nobody_sees_or_changes_another_entity(db: None, role: str) -> None:
    user = person(role, worker=True)
    own = build("ALPHA", manager=user)
    user.memberships.update(legal_entity=own.entity)
    other = build("ZETA")
    visitor, before, seen = Visitor(user), Event.objects.count(), 0
    for name, parameters in ROUTES:
        if name in PUBLIC:
            continue
        path = address(name, parameters, other)
        answer = visitor(path).get(path)
        assert "ZETA" not in body_of(answer).replace(path, ""), f"{role} sees ZETA at {path}"
        seen += answer.status_code == 200
        answer = visitor(path).post(path, {}, headers={"Idempotency-Key": str(uuid4()), "If-Match": "*"})
        assert answer.status_code < 500, f"{role} breaks {path}"
        assert Event.objects.count() == before, f"{role} changes something at {path}"
    assert seen > 5, "the walk saw almost no page: it proves nothing"


@pytest.mark.parametrize("role", Role.values)
def test_every_route_answers_the_people_of_its_entity(db: None, role: str) -> None:
    user = person(role, worker=True)
    own = build("ALPHA", manager=user)
    user.memberships.update(legal_entity=own.entity)
    visitor, shown = Visitor(user), set()
    for name, parameters in ROUTES:
        if name not in PUBLIC:
            path = address(name, parameters, own)
            answer = visitor(path).get(path)
            assert answer.status_code in ANSWERS, f"{role} at {path}: {answer.status_code}"
            shown |= {name} if answer.status_code == 200 else set()
    if role == Role.FINANCE:
        assert {"contract", "billing_run", "proposal", "exceptions", "reconciliation", "trace"} <= shown
