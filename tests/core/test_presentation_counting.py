"""Counts beside the navigation: many in one statement."""

from typing import Any

import pytest

from core.models import AccountingPeriod, ExceptionItem, Membership, User
from core.presentation.counting import Countable, ask_all, count_all
from tests.factories import AccountingPeriodFactory, ExceptionItemFactory, MembershipFactory, UserFactory


@pytest.mark.django_db
def test_rows_of_any_kind_are_counted_in_one_statement(django_assert_num_queries: Any) -> None:
    user = UserFactory.create(username="100% %s")
    for role in ("finance", "pmo"):
        MembershipFactory.create(user=user, role=role)
    ExceptionItemFactory.create_batch(3)
    rows: dict[str, Countable] = {
        "known": 7,
        "all": ExceptionItem.objects.all(),
        "some": User.objects.filter(username="100% %s"),
        "joined": User.objects.filter(memberships__role__in=["finance", "pmo"]).distinct(),
        "distinct": Membership.objects.order_by("role").values("user_id").distinct(),
        "none": User.objects.none(),
        "limited": ExceptionItem.objects.all()[:2],
    }
    with django_assert_num_queries(1):
        counts = count_all(rows)
    assert counts == {
        "known": 7,
        "all": 3,
        "some": 1,
        "joined": 1,
        "distinct": 1,
        "none": 0,
        "limited": 2,
    }


def test_numbers_alone_ask_nothing() -> None:
    assert count_all({"one": 1}) == {"one": 1}
    assert count_all({}) == {}


@pytest.mark.django_db
def test_numbers_and_rows_are_asked_in_one_statement(django_assert_num_queries: Any) -> None:
    period = AccountingPeriodFactory.create()
    rows = AccountingPeriod.objects.values("month", "state")
    with django_assert_num_queries(1):
        counts, lists = ask_all(
            {"periods": AccountingPeriod.objects.all()},
            {"months": rows, "none": rows.filter(state="closed"), "nothing": rows.none()},
        )
    assert counts == {"periods": 1}
    assert lists == {
        "months": [{"month": f"{period.month:%Y-%m-%d}", "state": "open"}],
        "none": [],
        "nothing": [],
    }
