"""Every night offenders of the invariants become exceptions, one each, which close by themselves."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from core.models import ExceptionItem, User
from integrations.models import Delivery
from reporting.invariants import names, sentence
from reporting.schedules import check_invariants
from tests.document_factories import DeliveryFactory

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 11, 20, 3, tzinfo=UTC)


def stale_lease() -> Delivery:
    return DeliveryFactory.create(state="leased", lease_until=timezone.now() - timedelta(hours=1))


def check() -> str:
    return check_invariants(NIGHT, sleep=lambda seconds: None)


def items() -> list[tuple[str, str, str, str]]:
    rows = ExceptionItem.objects.order_by("opened_at")
    return [(row.code, row.state, row.object_label, str(row.evidence["invariant"])) for row in rows]


def test_every_invariant_says_what_must_hold() -> None:
    assert [name for name in names() if not sentence(name).startswith("I")] == []


def test_offenders_become_exceptions_once_and_close_when_it_holds_again() -> None:
    assert check() == f"All {len(names())} invariants hold."
    delivery = stale_lease()
    assert check() == check() == "1 offender."
    assert items() == [("invariant_violated", "open", "i10_leases", "i10_leases")]
    assert ExceptionItem.objects.get().object_id == delivery.pk
    Delivery.objects.filter(pk=delivery.pk).update(state="waived", lease_until=None)
    assert check() == f"All {len(names())} invariants hold."
    assert items()[0][1] == "resolved"


def test_what_offends_only_for_a_moment_is_nobodys_task() -> None:
    delivery = stale_lease()

    def settle(seconds: float) -> None:
        Delivery.objects.filter(pk=delivery.pk).update(state="waived", lease_until=None)

    check_invariants(NIGHT, sleep=settle)
    assert items() == []


def test_the_page_leads_to_the_exceptions(integration_support: User, client: Client) -> None:
    stale_lease()
    check()
    client.force_login(integration_support)
    page = client.get("/invariants/").content.decode()
    assert "code=invariant_violated" in page
    assert page.count('<a href="/exceptions/?code=') == 1
