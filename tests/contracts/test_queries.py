"""Which terms hold when, and who sees what."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.models import ContractVersion
from contracts.queries import (
    timeline,
    version_in_force,
    visible_billing_accounts,
    visible_contracts,
    visible_customers,
    visible_rate_cards,
    visible_rates,
    visible_versions,
)
from core.models import User
from tests.contracts.builders import active, amended
from tests.factories import (
    BillingAccountFactory,
    ContractFactory,
    ContractVersionFactory,
    LegalEntityFactory,
    MembershipFactory,
    ProjectFactory,
    RateCardFactory,
    RateFactory,
)
from tests.personas import person

FIRST = date(2026, 1, 1)


@pytest.mark.django_db
def test_the_highest_approved_number_that_has_begun_is_in_force() -> None:
    contract = active(effective_from=FIRST)
    amended(contract, date(2026, 4, 1))
    amended(contract, date(2026, 2, 15))

    def number(on: date, known_at: datetime | None = None) -> int | None:
        found = version_in_force(contract.pk, on, known_at=known_at)
        return found.number if found else None

    days = (date(2025, 12, 31), FIRST, date(2026, 2, 14), date(2026, 2, 15), date(2026, 5, 1))
    assert [number(on) for on in days] == [None, 1, 1, 3, 3]
    approvals = dict(contract.versions.values_list("number", "approved_at"))
    assert [number(date(2026, 5, 1), approvals[known]) for known in (1, 2, 3)] == [1, 2, 3]
    assert number(date(2026, 5, 1), datetime(2020, 1, 1, tzinfo=UTC)) is None


@given(begins=st.lists(st.integers(0, 20), max_size=6))
def test_the_timeline_gives_every_day_the_version_a_replay_gives(begins: list[int]) -> None:
    versions = [
        ContractVersion(number=place, effective_from=FIRST + timedelta(days=begin), status="approved")
        for place, begin in enumerate(begins, start=1)
    ]
    stretches = timeline(versions)
    for day in (FIRST + timedelta(days=offset) for offset in range(22)):
        shown = [
            stretch.version.number
            for stretch in stretches
            if stretch.starts_on <= day and (stretch.ends_on is None or day <= stretch.ends_on)
        ]
        begun = [version.number for version in versions if version.effective_from <= day]
        assert shown == ([max(begun)] if begun else [])


@pytest.mark.django_db
def test_agreements_are_seen_by_entity() -> None:
    mine, other = LegalEntityFactory.create(), LegalEntityFactory.create()
    contract = ContractFactory.create(legal_entity=mine)
    version = ContractVersionFactory.create(contract=contract)
    ContractVersionFactory.create(contract=ContractFactory.create(legal_entity=other))
    user = person("finance", entity=mine)
    assert list(visible_contracts(user)) == [contract]
    assert list(visible_versions(user)) == [version]


@pytest.mark.django_db
def test_a_project_manager_sees_the_agreements_of_own_projects_only(project_manager: User, pmo: User) -> None:
    own = ProjectFactory.create(manager=project_manager.worker).contract
    other = ProjectFactory.create().contract
    for contract in (own, other):
        ContractVersionFactory.create(contract=contract)
        RateCardFactory.create(scope="contract", contract=contract)
    assert list(visible_contracts(project_manager)) == [own]
    assert [version.contract for version in visible_versions(project_manager)] == [own]
    assert [card.contract for card in visible_rate_cards(project_manager)] == [own]
    assert set(visible_contracts(pmo)) >= {own, other}
    MembershipFactory.create(user=project_manager, role="pmo")
    project_manager.__dict__.pop("_memberships")
    assert set(visible_contracts(project_manager)) >= {own, other}


@pytest.mark.django_db
def test_rate_cards_of_other_entities_stay_hidden() -> None:
    mine, other = LegalEntityFactory.create(), LegalEntityFactory.create()
    seen = [
        RateCardFactory.create(),
        RateCardFactory.create(scope="customer", customer=ContractFactory.create().customer),
        RateCardFactory.create(scope="legal_entity", legal_entity=mine),
        RateCardFactory.create(scope="contract", contract=ContractFactory.create(legal_entity=mine)),
    ]
    hidden = [
        RateCardFactory.create(scope="legal_entity", legal_entity=other),
        RateCardFactory.create(scope="contract", contract=ContractFactory.create(legal_entity=other)),
    ]
    prices = [RateFactory.create(card=card) for card in (*seen, *hidden)]
    user = person("finance", entity=mine)
    assert set(visible_rate_cards(user)) == set(seen)
    assert set(visible_rates(user)) == set(prices[:4])


@pytest.mark.django_db
def test_who_reads_no_agreements_sees_nothing_of_them(consultant: User, outsider: User) -> None:
    BillingAccountFactory.create()
    ContractVersionFactory.create()
    RateFactory.create()
    seen: list[Any] = []
    for user in (consultant, outsider):
        for visible in (
            visible_contracts,
            visible_versions,
            visible_customers,
            visible_billing_accounts,
            visible_rate_cards,
            visible_rates,
        ):
            seen += visible(user)
    assert seen == []
