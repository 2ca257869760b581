"""Milestones: taken from the terms once, delivered, and signed off in full, in part, or not."""

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from core.actors import Actor
from core.attachments import WrongFile
from core.errors import Forbidden, Invalid, Refusal
from core.models import Event, ExceptionItem
from core.reactions import run_reactions
from core.states import IllegalMove
from projects.actions.deciding import Decision
from projects.actions.follow_up import deem_accepted, note_unsigned
from projects.actions.milestones import (
    BelowRequired,
    complete_milestone,
    plan_milestones,
    report_progress,
    start_milestone,
)
from projects.actions.signing import DocumentRequired, sign_off_milestone
from projects.actions.uploads import Upload
from projects.models import Milestone, SignOff
from projects.policies import NotCompleted, NotYourProject, SamePerson
from projects.queries.milestones import with_terms
from tests.contracts.builders import told
from tests.factories import TaskFactory
from tests.personas import person
from tests.projects.builders import manager_of, planned, planner, running
from tests.projects.fixed_fees import (
    NOW,
    PDF,
    TODAY,
    amend_fee,
    delivered,
    done,
    fixed_fee,
    signed,
    signer,
    waiting,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files")]

D = Decimal


def state() -> list[Any]:
    return [
        list(Milestone.objects.order_by("pk").values()),
        list(SignOff.objects.order_by("pk").values()),
        Event.objects.count(),
    ]


def keys(project: Any) -> list[str]:
    return list(project.milestones.order_by("code").values_list("term_key", flat=True))


def test_activation_plans_the_milestones_of_the_terms_once() -> None:
    contract = fixed_fee({"due_on": date(2026, 6, 30)}, {})
    project = delivered(contract)
    rows = Milestone.objects.order_by("code").values_list(
        "project_id", "contract_line_key", "term_key", "due_on", "status", "percent_complete"
    )
    assert list(rows) == [
        (project.pk, "fee", "m1", date(2026, 6, 30), "planned", D(0)),
        (project.pk, "fee", "m2", None, "planned", D(0)),
    ]
    assert [kind for kind, _ in told()][-3:] == [
        "project.activated",
        "milestone.planned",
        "milestone.planned",
    ]
    before = state()
    assert plan_milestones(contract.pk, actor=planner()) == 0
    assert state() == before


def test_loading_costs_the_same_for_one_and_for_thirty_milestones() -> None:
    costs = []
    for count in (1, 30):
        contract = fixed_fee(*[{}] * count)
        planned(contract).__class__.objects.filter(contract=contract).update(status="active")
        with CaptureQueriesContext(connection) as captured:
            assert plan_milestones(contract.pk, actor=Actor.system("test")) == count
        costs.append(len(captured))
    assert costs[0] == costs[1]


def test_a_line_goes_to_the_project_whose_tasks_it_bills() -> None:
    contract = fixed_fee()
    other, own = planned(contract), planned(contract)
    TaskFactory.create(project=other, contract_line_key="support")
    TaskFactory.create(project=own, contract_line_key="fee")
    type(own).objects.filter(contract=contract).update(status="active")
    plan_milestones(contract.pk, actor=planner())
    assert (keys(other), keys(own)) == ([], ["m1"])


def test_an_amendment_adds_and_reschedules_milestones_that_are_open() -> None:
    contract = fixed_fee({"due_on": date(2026, 6, 30)}, {"due_on": date(2026, 7, 31)})
    project = delivered(contract)
    first = project.milestones.get(term_key="m1")
    signed(done(first))
    later = {"due_on": date(2026, 12, 31)}
    amend_fee(contract, date(2026, 8, 1), later, later, later, approved_at=NOW)
    assert plan_milestones(contract.pk, actor=Actor.system("projects")) == 2
    assert list(project.milestones.order_by("code").values_list("term_key", "due_on")) == [
        ("m1", date(2026, 6, 30)),
        ("m2", date(2026, 12, 31)),
        ("m3", date(2026, 12, 31)),
    ]
    assert [kind for kind, _ in told()][-2:] == ["milestone.planned", "milestone.rescheduled"]


def test_approving_an_amendment_plans_its_milestones_by_itself() -> None:
    from contracts.actions.fixed_fees import MilestoneTerms
    from contracts.actions.terms import LineTerms
    from tests.contracts.builders import active, amended

    part = MilestoneTerms("m1", "Design", D(100))
    line = LineTerms("fee", "Platform", "advisory", "milestones", amount=D(100), milestones=(part,))
    contract = active(lines=[line])
    project = running(contract=contract)
    assert keys(project) == ["m1"]
    two = (part, MilestoneTerms("m2", "Build", D(50)))
    grown = LineTerms("fee", "Platform", "advisory", "milestones", amount=D(150), milestones=two)
    amended(contract, date(2026, 3, 1), lines=[grown])
    run_reactions()
    assert keys(project) == ["m1", "m2"]


def test_a_milestone_is_started_reported_and_completed_by_its_manager() -> None:
    project = delivered()
    milestone, manager = project.milestones.get(), Actor.of(manager_of(project))
    start_milestone(milestone.pk, actor=manager)
    start_milestone(milestone.pk, actor=manager)
    report_progress(milestone.pk, percent=D(60), actor=manager)
    complete_milestone(milestone.pk, on=date(2026, 11, 2), today=TODAY, actor=manager)
    found = Milestone.objects.get()
    facts = (found.status, found.percent_complete, found.completed_on, found.completed_by_id)
    assert facts == ("completed", D(100), date(2026, 11, 2), manager.user_id)
    about = {
        "code": found.code,
        "milestone_id": str(found.pk),
        "project_id": str(project.pk),
        "contract_id": str(project.contract_id),
    }
    assert told("milestone.started", "milestone.progressed", "milestone.completed") == [
        ("milestone.started", about),
        ("milestone.progressed", about | {"percent_complete": "60"}),
        ("milestone.completed", about | {"completed_on": "2026-11-02", "percent_complete": "100"}),
    ]


@pytest.mark.parametrize(
    ("act", "error", "sentence"),
    [
        ({"percent": D("79")}, BelowRequired, "is 79 % complete; its terms require 80 %."),
        ({"percent": D("101")}, Invalid, "Progress is between 0 and 100 %."),
        ({"on": date(2026, 11, 21)}, Invalid, "It cannot be completed on a day that is yet to come."),
    ],
)
def test_what_cannot_be_complete_is_refused(act: dict[str, Any], error: type[Refusal], sentence: str) -> None:
    milestone = delivered(fixed_fee({"required_percent": D(80)})).milestones.get()
    before = state()
    with pytest.raises(error) as refusal:
        complete_milestone(
            milestone.pk, **{"on": date(2026, 11, 2), "today": TODAY, "actor": planner(), **act}
        )
    assert sentence in refusal.value.sentence
    # Naming the actor made a person, nothing else.
    assert state() == before
    complete_milestone(milestone.pk, on=TODAY, today=TODAY, percent=D(80), actor=planner())


def test_another_projects_manager_changes_nothing() -> None:
    milestone, stranger = delivered().milestones.get(), Actor.of(person("project_manager"))
    before = state()
    acts: list[Callable[[], object]] = [
        lambda: start_milestone(milestone.pk, actor=stranger),
        lambda: report_progress(milestone.pk, percent=D(1), actor=stranger),
        lambda: complete_milestone(milestone.pk, on=TODAY, today=TODAY, actor=stranger),
    ]
    for act in acts:
        with pytest.raises(NotYourProject):
            act()
    assert state() == before


def test_progress_is_settled_once_completed() -> None:
    milestone = waiting()
    before = state()
    acts: list[Callable[[], object]] = [
        lambda: start_milestone(milestone.pk, actor=planner()),
        lambda: report_progress(milestone.pk, percent=D(1), actor=planner()),
    ]
    for act in acts:
        with pytest.raises(IllegalMove, match="waits for its sign-off: its progress is settled"):
            act()
    assert state() == before


def test_staff_sign_off_keeps_the_document_and_who_recorded_it(files: Path) -> None:
    milestone, pmo = waiting(), signer()
    sign_off = signed(milestone, by=pmo)
    digest = hashlib.sha256(PDF).hexdigest()
    facts = (sign_off.decision, sign_off.percent, sign_off.how, sign_off.signer, sign_off.signed_on)
    assert facts == ("accepted", D(100), "staff", "Grace Hopper", date(2026, 11, 4))
    assert sign_off.signed_at == datetime(2026, 11, 5, tzinfo=UTC)
    assert sign_off.document is not None
    assert (sign_off.document.sha256, sign_off.document_sha256, sign_off.recorded_by) == (digest, digest, pmo)
    assert Milestone.objects.get().status == "signed_off"
    kind, payload = told()[-1]
    assert (kind, payload["percent"], payload["accepted_percent"]) == ("milestone.signed_off", "100", "100")


def test_parts_add_up_and_the_rest_waits() -> None:
    milestone = waiting({"amount": D("100000")})
    signed(milestone, "60")
    shown = with_terms(Milestone.objects.all(), TODAY).get()
    assert (shown.status, shown.accepted_percent, shown.waiting_amount) == ("completed", D(60), D("40000"))
    last = signed(milestone, on=date(2026, 11, 6))
    assert (last.number, last.percent_before, last.percent) == (2, D(60), D(40))
    assert Milestone.objects.get().status == "signed_off"


def test_a_rejection_sends_it_back_to_work_and_what_was_accepted_stays() -> None:
    milestone = waiting()
    signed(milestone, "60")
    signed(milestone, kind="rejected")
    found = Milestone.objects.get()
    assert (found.status, found.completed_on, found.completed_by) == ("in_progress", None, None)
    assert told()[-1][0] == "milestone.rejected"
    done(found, on=date(2026, 11, 10))
    assert signed(found, on=date(2026, 11, 11)).percent == D(40)


def sign(milestone: Milestone, kind: str = "accepted", **changed: Any) -> SignOff:
    decision = Decision(
        kind, changed.pop("signer", "Grace"), changed.pop("comment", ""), changed.pop("percent", None)
    )
    given = {"document": Upload("a.pdf", PDF), "on": date(2026, 11, 4), "now": NOW, **changed}
    return sign_off_milestone(milestone.pk, decision=decision, **{"actor": planner(), **given})


@pytest.mark.parametrize(
    ("kind", "changed", "error", "field"),
    [
        ("accepted", {"document": None}, DocumentRequired, "document"),
        ("accepted", {"document": Upload("a.pdf", b"MZ")}, WrongFile, "document"),
        ("accepted", {"signer": " "}, Invalid, "signer"),
        ("accepted", {"on": date(2026, 11, 21)}, Invalid, "signed_on"),
        ("accepted", {"on": date(2026, 11, 1)}, Invalid, "signed_on"),
        ("rejected", {}, Invalid, "comment"),
        ("partial", {}, Invalid, "percent"),
        ("partial", {"percent": D(100)}, Invalid, "percent"),
        ("partial", {"percent": D(0)}, Invalid, "percent"),
        ("perhaps", {}, Invalid, "decision"),
    ],
)
def test_a_decision_without_what_it_needs_changes_nothing(
    kind: str, changed: dict[str, Any], error: type[Refusal], field: str
) -> None:
    milestone = waiting()
    before = state()
    with pytest.raises(error) as refusal:
        sign(milestone, kind, **changed)
    assert refusal.value.field == field
    assert state() == before


def test_who_completed_it_does_not_sign_it_and_neither_does_a_project_manager() -> None:
    project = delivered()
    both = Actor.of(person("pmo"))
    milestone = done(project.milestones.get(), by=both)
    manager = Actor.of(manager_of(project))
    before = state()
    with pytest.raises(SamePerson, match=f"You completed {milestone.code}"):
        sign(milestone, actor=both)
    with pytest.raises(Forbidden):
        sign(milestone, actor=manager)
    assert state() == before


def test_only_what_is_completed_is_signed_off() -> None:
    milestone = delivered().milestones.get()
    with pytest.raises(NotCompleted, match="is planned: only a completed milestone is signed off"):
        sign(milestone)
    assert not SignOff.objects.exists()


def test_a_sign_off_is_never_edited() -> None:
    sign_off = signed(waiting())
    for statement in ("UPDATE projects_signoff SET percent = 1", "DELETE FROM projects_signoff"):
        refused = pytest.raises(DatabaseError, match="A sign-off is a fact and stays")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert SignOff.objects.get() == sign_off


def test_silence_accepts_after_the_days_of_the_terms_on_the_day_they_end() -> None:
    silent, eternal = waiting({"deemed_after_days": 10}), waiting()
    deem: dict[str, Any] = {"now": NOW, "actor": Actor.system("milestones")}
    assert deem_accepted(on=date(2026, 11, 11), **deem) == 0
    signed(silent, "25")
    assert deem_accepted(on=date(2026, 11, 15), **deem) == 1
    assert deem_accepted(on=date(2026, 11, 15), **deem) == 0
    fact = SignOff.objects.get(decision="deemed")
    facts = (fact.milestone, fact.number, fact.percent_before, fact.percent, fact.how, fact.signed_on)
    assert facts == (silent, 2, D(25), D(75), "deemed", date(2026, 11, 12))
    assert [row.status for row in Milestone.objects.order_by("pk")] == ["signed_off", "completed"]
    assert told()[-1][1]["decision"] == "deemed"
    assert eternal.sign_offs.count() == 0


def test_deeming_costs_the_same_for_one_and_for_ten() -> None:
    costs = []
    for count in (1, 10):
        for _ in range(count):
            waiting({"deemed_after_days": 1})
        with CaptureQueriesContext(connection) as captured:
            assert deem_accepted(on=TODAY, now=NOW, actor=Actor.system("test")) == count
        costs.append(len(captured))
    assert costs[0] == costs[1]


def test_what_waits_too_long_is_an_exception_with_what_it_is_worth() -> None:
    milestone = waiting({"amount": D("100000"), "name": "Go live"}, on=date(2026, 11, 2))
    system = Actor.system("milestones")
    assert note_unsigned(on=date(2026, 11, 9), actor=system) == 0
    assert note_unsigned(on=date(2026, 11, 10), actor=system) == 1
    signed(milestone, "60")
    note_unsigned(on=date(2026, 11, 11), actor=system)
    item = ExceptionItem.objects.get()
    facts = (item.code, item.title, item.money_at_risk, item.currency, item.team, item.state)
    title = "Go live waits for its sign-off since 2 Nov 2026"
    assert facts == ("milestone_unsigned", title, D("40000"), "GBP", "pmo", "open")
    signed(milestone)
    item.refresh_from_db()
    assert (item.state, item.resolution) == ("resolved", "It was decided about.")


def test_what_is_at_risk_follows_a_part_that_was_accepted_at_once() -> None:
    milestone = waiting({"amount": D("42000")}, on=date(2026, 11, 2))
    note_unsigned(on=date(2026, 11, 20), actor=Actor.system("milestones"))
    signed(milestone, "40")
    assert list(ExceptionItem.objects.values_list("money_at_risk", "state")) == [(D("25200"), "open")]


def test_an_exception_closes_when_the_setting_allows_more_days(settings: Any) -> None:
    waiting(on=TODAY - timedelta(days=8))
    note_unsigned(on=TODAY, actor=Actor.system("milestones"))
    settings.MILESTONE_UNSIGNED_DAYS = 30
    assert note_unsigned(on=TODAY, actor=Actor.system("milestones")) == 0
    assert ExceptionItem.objects.get().state == "resolved"
