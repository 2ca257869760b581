"""A draft takes another date: not before its work, recalculated, told."""

from datetime import date, timedelta

import pytest

from billing.actions.dating import BeforeItsWork, NotADraft, redate_proposal
from billing.actions.proposals import submit_proposals
from billing.models import Proposal
from core.actors import Actor
from core.models import Event, User
from tests.billing.firms import proposed

pytestmark = pytest.mark.django_db


def test_a_draft_is_recalculated_for_its_new_date(finance: User) -> None:
    _, _, proposal = proposed(finance)
    before, later = proposal.document_date, proposal.document_date + timedelta(days=1)
    amounts = (proposal.net, proposal.tax, proposal.gross)
    moved = redate_proposal(proposal.pk, document_date=later, actor=Actor.of(finance), reason="Closed there")
    assert (moved.document_date, (moved.net, moved.tax, moved.gross)) == (later, amounts)
    told = Event.objects.get(type="proposal.redated")
    assert (told.payload, told.reason) == (
        {"number": proposal.number, "previous": before.isoformat(), "document_date": later.isoformat()},
        "Closed there",
    )


def test_a_day_before_the_work_and_a_document_under_review_are_refused(finance: User) -> None:
    _, _, proposal = proposed(finance)
    actor = Actor.of(finance)
    with pytest.raises(BeforeItsWork):
        redate_proposal(proposal.pk, document_date=proposal.service_to - timedelta(days=1), actor=actor)
    submit_proposals([proposal.pk], actor=actor)
    with pytest.raises(NotADraft):
        redate_proposal(proposal.pk, document_date=date(2026, 12, 31), actor=actor)
    assert Proposal.objects.get().document_date == proposal.document_date
    assert not Event.objects.filter(type="proposal.redated").exists()
