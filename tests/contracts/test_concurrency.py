"""Two people at once: one approval, and prices that neither overlap nor get lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection

from contracts.actions.dimensions import RateDimensions
from contracts.actions.rates import set_rate
from contracts.actions.versions import approve_version
from contracts.models import Rate
from core.models import Event
from tests.contracts.builders import approver, preparer, price_list, submitted

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*jobs: Callable[[], object]) -> None:
    """Run the jobs in threads with connections of their own; raise what they raise."""

    def run(job: Callable[[], object]) -> None:
        try:
            job()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as threads:
        for done in [threads.submit(run, job) for job in jobs]:
            done.result()


def test_a_version_is_approved_once() -> None:
    version = submitted()
    actors = [approver() for _ in range(4)]
    at_once(*(lambda actor=actor: approve_version(version.pk, actor=actor) for actor in actors))
    kinds = ("contract_version.approved", "contract.activated")
    assert [Event.objects.filter(type=kind).count() for kind in kinds] == [1, 1]


def test_prices_set_at_once_keep_one_order() -> None:
    card, author = price_list(), preparer()
    now = datetime(2026, 2, 1, tzinfo=UTC)

    def change(amount: int) -> object:
        return set_rate(
            card.pk,
            dims=RateDimensions("senior"),
            amount=Decimal(amount),
            starts_on=date(2026, 1, 1),
            now=now,
            actor=author,
        )

    at_once(*(lambda amount=amount: change(amount) for amount in (190, 200, 210, 220)))
    last = Event.objects.filter(type="rate.changed").latest("seq").payload["amount"]
    current = Rate.objects.filter(card=card, known__upper_inf=True, valid__contains=date(2026, 6, 1))
    assert [f"{rate.amount:.0f}" for rate in current] == [last]
    assert Event.objects.filter(type="rate.changed").count() == 5
