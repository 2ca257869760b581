"""Submitted time becomes a fact by a second person, or goes back with a reason."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.actors import Actor
from core.errors import Forbidden, Refusal, Stale
from core.models import Event, LegalEntity, Role, User
from core.permissions import memberships
from tests.factories import LegalEntityFactory, TimeEntryFactory
from tests.personas import person
from tests.timesheets.builders import Firm, employed_worker, payloads, row, slice_here, stored, take_in
from timesheets.actions.approvals import ReasonMissing, approve_time, reject_time
from timesheets.actions.steps.deciding import Decided
from timesheets.models import Approval, TimeEntry
from timesheets.policies import OwnTime


def approve(firm: Firm, user: User, **seen: object) -> Decided:
    return approve_time([slice_here(firm, **seen)], actor=Actor.of(user))  # type: ignore[arg-type]


def assert_refused(firm: Firm, user: User, refusal: type[Refusal]) -> None:
    before = stored(), Approval.objects.count(), Event.objects.count()
    with pytest.raises(refusal):
        approve(firm, user)
    with pytest.raises(refusal):
        reject_time([slice_here(firm)], actor=Actor.of(user), reason="No")
    assert (stored(), Approval.objects.count(), Event.objects.count()) == before


@pytest.fixture
def submitted(firm: Firm) -> Firm:
    """A week of two entries that waits for approval."""
    take_in(firm.consultant, row("1"), row("2", work_date="2026-11-05", hours="2"), submit=True)
    return firm


def test_a_slice_is_approved_as_one_fact(submitted: Firm) -> None:
    firm = submitted
    assert approve(firm, firm.manager, entries=2, hours="9.5") == Decided(2, Decimal("9.5"), 1)
    assert set(TimeEntry.objects.values_list("status", "approved_by")) == {("approved", firm.manager.pk)}
    approval = Approval.objects.get()
    assert (approval.decision, approval.entries, approval.hours) == ("approved", 2, Decimal("9.5"))
    assert payloads("time.approved") == [
        {
            "worker_id": str(firm.worker.pk),
            "worker": "ANNA",
            "week": "2026-11-02",
            "entries": 2,
            "hours": "9.5000",
            "contract_id": str(firm.project.contract_id),
            "project_id": str(firm.project.pk),
            "project": "RAIL",
            "first_on": "2026-11-03",
            "last_on": "2026-11-05",
        }
    ]


def test_approving_again_changes_nothing(submitted: Firm) -> None:
    approve(submitted, submitted.manager)
    before = Event.objects.count()
    assert approve(submitted, submitted.pmo) == Decided(0, Decimal(0), 0)
    assert (Event.objects.count(), Approval.objects.count()) == (before, 1)


def test_drafts_are_not_approved(firm: Firm) -> None:
    take_in(firm.consultant, row())
    assert approve(firm, firm.manager).entries == 0
    assert TimeEntry.objects.get().status == "draft"


def test_what_changed_since_it_was_seen_is_not_approved(submitted: Firm) -> None:
    take_in(submitted.consultant, row("2", work_date="2026-11-05", hours="3"), submit=True)
    with pytest.raises(Stale, match="no longer what you saw"):
        approve(submitted, submitted.manager, entries=2, hours="9.5")
    assert {entry["status"] for entry in stored()} == {"submitted"}


def test_nobody_decides_on_their_own_time(firm: Firm) -> None:
    firm.assign(employed_worker(firm.entity, "PMO", user=firm.pmo), firm.project)
    take_in(firm.consultant, row(), submit=True)
    take_in(firm.manager, row("2", worker="PMO"), submit=True)
    with pytest.raises(OwnTime):
        approve_time(TimeEntry.objects.all(), actor=Actor.of(firm.pmo))
    assert {entry["status"] for entry in stored()} == {"submitted"}


def test_nobody_decides_on_what_they_submitted(firm: Firm) -> None:
    take_in(firm.manager, row(), submit=True)
    assert_refused(firm, firm.manager, OwnTime)
    assert approve(firm, firm.pmo).entries == 1


def test_whoever_changed_it_last_cannot_approve_it(submitted: Firm) -> None:
    take_in(submitted.pmo, row("1", hours="6"), submit=True)
    assert_refused(submitted, submitted.pmo, OwnTime)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.PMO, Role.PROJECT_MANAGER}))
def test_other_roles_do_not_approve(submitted: Firm, role: str) -> None:
    assert_refused(submitted, person(role, entity=submitted.entity), Forbidden)


@pytest.mark.parametrize("role", [Role.PROJECT_MANAGER, Role.PMO])
def test_approval_ends_at_the_own_projects_and_entities(submitted: Firm, role: str) -> None:
    entity: LegalEntity = submitted.entity if role == Role.PROJECT_MANAGER else LegalEntityFactory.create()
    assert_refused(submitted, person(role, entity=entity), Forbidden)


def test_the_system_approves_nothing(submitted: Firm) -> None:
    with pytest.raises(Forbidden, match="decided on by a person"):
        approve_time([slice_here(submitted)], actor=Actor.system("demo"))


def test_one_project_of_many_out_of_reach_stops_the_whole_decision(submitted: Firm) -> None:
    firm = submitted
    road = firm.add_project("ROAD", manager=employed_worker(firm.entity, "OTHER"))
    firm.assign(firm.worker, road)
    take_in(firm.consultant, row("3", project="ROAD", hours="1"), submit=True)
    with pytest.raises(Forbidden, match="ROAD"):
        approve_time(TimeEntry.objects.all(), actor=Actor.of(firm.manager))
    assert {entry["status"] for entry in stored()} == {"submitted"}


def test_rejected_time_goes_back_with_its_reason(submitted: Firm) -> None:
    firm = submitted
    reject_time([slice_here(firm)], actor=Actor.of(firm.manager), reason="Which plans?")
    assert set(TimeEntry.objects.values_list("status", "rejection_reason")) == {("rejected", "Which plans?")}
    assert Approval.objects.values_list("decision", "comment", "entries").get() == (
        "rejected",
        "Which plans?",
        2,
    )
    (told,) = payloads("time.rejected")
    assert (told["reason"], told["entries"], told["project"]) == ("Which plans?", 2, "RAIL")


def test_a_rejection_needs_a_reason(submitted: Firm) -> None:
    with pytest.raises(ReasonMissing):
        reject_time([slice_here(submitted)], actor=Actor.of(submitted.manager), reason=" ")
    assert {entry["status"] for entry in stored()} == {"submitted"}


def test_a_decision_takes_the_same_statements_whatever_its_size(firm: Firm) -> None:
    memberships(firm.pmo)
    counts = []
    for size in (1, 40):
        for _ in range(size):
            worker = employed_worker(firm.entity, f"W{TimeEntry.objects.count()}")
            TimeEntryFactory.create(worker=worker, task=firm.task, submitted=True)
        with CaptureQueriesContext(connection) as seen:
            decided = approve_time(TimeEntry.objects.filter(status="submitted"), actor=Actor.of(firm.pmo))
        assert (decided.entries, decided.slices) == (size, size)
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert len(payloads("time.approved")) == Approval.objects.count() == 41
