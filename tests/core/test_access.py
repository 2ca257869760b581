"""Who may do what, for which legal entity, on which day."""

from datetime import date, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from core.access import entity_filter, scoped
from core.actors import Actor
from core.errors import Forbidden
from core.models import LegalEntity, Role, User
from core.permissions import PERMISSIONS, entities_of, holds, require
from tests.factories import ExceptionItemFactory, LegalEntityFactory, MembershipFactory
from tests.personas import person

pytestmark = pytest.mark.django_db


def test_every_role_exists_and_every_permission_has_one() -> None:
    assert all(roles and roles <= set(Role.values) for roles in PERMISSIONS.values())
    readers = {Role.AUDITOR, Role.EXECUTIVE}
    writing = {name: roles & readers for name, roles in PERMISSIONS.items() if "view" not in name}
    assert {name: roles for name, roles in writing.items() if roles} == {}


def test_a_role_counts_for_its_entity_and_its_days_only() -> None:
    mine, other = LegalEntityFactory.create(), LegalEntityFactory.create()
    user, today = person(), timezone.localdate()
    MembershipFactory.create(user=user, role=Role.FINANCE, legal_entity=mine, valid=DateRange(today, None))
    over = DateRange(date(2020, 1, 1), today)
    MembershipFactory.create(user=user, role=Role.FINANCE, legal_entity=other, valid=over)
    to_come = DateRange(today + timedelta(days=1), None)
    MembershipFactory.create(user=user, role=Role.FINANCE_LEAD, legal_entity=mine, valid=to_come)

    assert entities_of(user, "exception.work") == [mine.pk]
    assert holds(user, "exception.work", mine.pk) and not holds(user, "exception.work", other.pk)
    assert not holds(user, "proposal.approve")
    with pytest.raises(Forbidden, match="finance"):
        require(Actor.of(user), "exception.work", other.pk)


def test_a_disabled_account_holds_nothing() -> None:
    user = person(Role.FINANCE)
    user.is_active = False
    assert not holds(user, "exception.view")
    assert entities_of(user, "exception.view") == []
    assert not scoped(LegalEntity.objects.all(), user, "exception.view", "pk").exists()


def test_the_system_may_do_everything() -> None:
    require(Actor.system("pricing"), "proposal.approve", LegalEntityFactory.create().pk)


def test_everything_survives_a_combination_by_or(finance: User) -> None:
    """An empty condition would vanish there, and hide what it should show."""
    from django.db.models import Q

    from core.models import ExceptionItem

    ExceptionItemFactory.create()
    shown = entity_filter(finance, "exception.view", "legal_entity") | Q(legal_entity=None)
    assert ExceptionItem.objects.filter(shown).count() == 1
