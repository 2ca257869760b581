"""What a document says has changed since the last one: prices, new lines, and never mere dates."""

from datetime import date
from decimal import Decimal

import pytest

from billing.models import Proposal
from billing.queries.changes import changes_of
from tests.document_factories import ProposalFactory, ProposalLineFactory

pytestmark = pytest.mark.django_db

Line = tuple[str, str]


def told(before: list[Line], now: list[Line]) -> list[tuple[str, str]]:
    """Return what is told of a document with the lines `now` (description, price) after one with `before`."""
    former = ProposalFactory.create(posted=True, document_date=date(2026, 10, 31))
    _with_lines(former, before)
    proposal = ProposalFactory.create(
        contract_version=former.contract_version, billing_account=former.billing_account
    )
    _with_lines(proposal, now)
    changes = changes_of(proposal, list(proposal.lines.order_by("position")))
    return [(check.text, check.result) for check in changes.shown]


def _with_lines(proposal: Proposal, lines: list[Line]) -> None:
    for description, price in lines:
        ProposalLineFactory.create(proposal=proposal, description=description, unit_price=Decimal(price))


def test_a_new_price_is_told_with_the_former_one() -> None:
    assert told([("Senior", "180")], [("Senior", "190")]) == [
        ("Senior 180.00 to 190.00, version 1", "changed")
    ]


def test_overtime_is_a_line_of_its_own_and_no_changed_price() -> None:
    now = [("Senior", "180"), ("Senior, Overtime × 1.5", "270")]
    assert told([("Senior", "180")], now) == [("Senior, Overtime × 1.5 at 270.00 is new", "added")]


def test_the_days_that_tell_lines_apart_are_no_change() -> None:
    before = [("Build, 2 Oct 2026 to 6 Oct 2026", "820"), ("Build, 7 Oct 2026", "1030")]
    now = [("Build, 2 Nov 2026", "820"), ("Build, 3 Nov 2026 to 6 Nov 2026", "1030")]
    assert told(before, now) == []


def test_a_price_that_none_of_several_was_is_told_as_new_once() -> None:
    before = [("Build, 2 Oct 2026", "820"), ("Build, 7 Oct 2026", "1030")]
    now = [("Build, 2 Nov 2026", "900"), ("Build, 9 Nov 2026", "900"), ("Build, 16 Nov 2026", "820")]
    assert told(before, now) == [("Build at 900.00 is new", "added")]
