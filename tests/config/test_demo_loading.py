"""Loading the demo firm: its promised size, what holds afterwards, and the second load."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db.models import Count
from pytest_django.plugin import DjangoDbBlocker

from billing.models import Charge
from config.demo.cast import Cast
from config.demo.firm.people import PASSWORD, PEOPLE
from config.demo.loading.firm import Loaded
from config.demo.path.stage import loaded_calendar
from contracts.models import BillingAccount, Contract, ContractVersion, Customer
from contracts.states import ContractStatus
from core.models import ApiToken, Event, ExceptionItem, LegalEntity, Membership, Reaction, Role, User
from projects.models import Assignment, Project, Worker
from projects.states import ProjectStatus
from reporting.invariants import offenders
from tests.config.demo_world import PLAN, loaded_firm
from tests.databases import Databases
from timesheets.models import TimeEntry
from timesheets.states import EntryStatus

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def loaded(
    databases: Databases, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Loaded]:
    with loaded_firm(databases, django_db_blocker) as loaded:
        yield loaded


def test_the_promised_firm_is_there(loaded: Loaded) -> None:
    assert dict(LegalEntity.objects.values_list("code", "base_currency")) == {
        "DE": "EUR",
        "UK": "GBP",
        "US": "USD",
    }
    assert Customer.objects.count() == 12
    assert BillingAccount.objects.count() == 13
    assert Contract.objects.filter(status=ContractStatus.ACTIVE).count() == 20
    assert Project.objects.filter(status=ProjectStatus.ACTIVE).count() == 20
    assert Worker.objects.count() == 40
    assert loaded.entries == TimeEntry.objects.count() > 2_000


def test_some_contracts_were_amended_and_one_has_two_payers() -> None:
    counted = ContractVersion.objects.values("contract__code").annotate(versions=Count("pk"))
    amended = counted.filter(versions=2).values_list("contract__code", flat=True)
    assert sorted(amended) == ["C-1058", "C-3021", "C-5003"]
    shared = Contract.objects.get(code="C-1041").versions.get().payers
    assert sorted(shared.values_list("percent", "takes_rounding")) == [
        (Decimal(40), True),
        (Decimal(60), False),
    ]


def test_old_time_is_approved_and_the_last_weeks_wait() -> None:
    approved = TimeEntry.objects.filter(status=EntryStatus.APPROVED)
    until = PLAN.calendar.approved_until
    assert set(TimeEntry.objects.filter(work_date__lte=until).values_list("status", flat=True)) == {
        EntryStatus.APPROVED
    }
    assert not approved.filter(work_date__gt=until).exists()
    recent = TimeEntry.objects.filter(work_date__gt=until).values_list("status", flat=True)
    assert set(recent) == {EntryStatus.SUBMITTED, EntryStatus.DRAFT, EntryStatus.REJECTED}


def test_approved_work_is_priced_or_in_the_queue() -> None:
    priced = Charge.objects.filter(source_type="time").values("source_id")
    unpriced = TimeEntry.objects.filter(status=EntryStatus.APPROVED).exclude(root_id__in=priced)
    assert set(unpriced.values_list("project__code", "worker__code")) == {("P-1058", "UK16")}
    assert set(ExceptionItem.objects.values_list("code", "object_label")) == {
        ("rate_missing", "C-1058 Claims platform")
    }
    assert offenders() == {}


def test_nothing_is_owed_and_everything_has_an_event() -> None:
    assert set(Reaction.objects.values_list("state", flat=True)) == {Reaction.State.DONE}
    kinds = {
        "contracts.contract": Contract,
        "contracts.customer": Customer,
        "projects.project": Project,
        "projects.assignment": Assignment,
        "core.user": User,
        "core.membership": Membership,
    }
    for name, model in kinds.items():
        told = Event.objects.filter(aggregate_type=name).values_list("aggregate_id", flat=True)
        assert set(told) == set(model._default_manager.values_list("pk", flat=True)), name


def test_one_person_per_role_can_sign_in() -> None:
    people = User.objects.filter(is_service_account=False)
    assert people.count() == len(PEOPLE) == len(Role.values)
    for person in PEOPLE:
        user = authenticate(username=person.username, password=PASSWORD)
        assert isinstance(user, User)
        assert list(user.memberships.values_list("role", flat=True)) == [person.role]


def test_the_token_is_the_service_account_s(loaded: Loaded) -> None:
    token = ApiToken.objects.get(sha256=ApiToken.digest(loaded.token))
    assert token.user == Cast.gather().service.user


def test_the_days_of_the_load_are_found_again() -> None:
    assert loaded_calendar() == PLAN.calendar


def test_a_second_load_is_refused_and_changes_nothing() -> None:
    before = Event.objects.count(), TimeEntry.objects.count(), User.objects.count()
    with pytest.raises(CommandError, match="make demo-reset"):
        call_command("load_demo")
    assert (Event.objects.count(), TimeEntry.objects.count(), User.objects.count()) == before
