"""Terms: drafted, submitted once ready, approved by somebody else, in force from any date."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from contracts.actions.contracts import create_contract
from contracts.actions.dimensions import RateDimensions
from contracts.actions.drafting import VersionOpen
from contracts.actions.lifecycle import ReasonRequired
from contracts.actions.rates import end_rate
from contracts.actions.readiness import NotReady, shortcomings
from contracts.actions.terms import DuplicateTerms, LineTerms, PayerTerms, UnknownCode, lines_of, payers_of
from contracts.actions.versions import (
    TermsChanged,
    approve_version,
    draft_version,
    edit_version,
    reject_version,
    submit_version,
)
from contracts.models import Contract, ContractLine, ContractVersion, Payer
from contracts.policies import NotADraft, PersonRequired, SamePerson
from core.actors import Actor
from core.errors import Forbidden, Invalid
from core.models import Event
from core.states import IllegalMove
from tests.contracts.builders import (
    NOW,
    WORK,
    active,
    amended,
    approver,
    drafted,
    preparer,
    price_list,
    submitted,
    told,
    user_of,
)
from tests.factories import BillingAccountFactory, CustomerFactory, LegalEntityFactory, ServiceLineFactory

pytestmark = pytest.mark.django_db


def state() -> list[Any]:
    """Return everything the verbs here may change."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (Contract, ContractVersion, ContractLine, Payer)
    ] + [Event.objects.count()]


def test_a_contract_is_created_with_its_first_draft() -> None:
    account = BillingAccountFactory.create()
    author = preparer()
    version = drafted(account, by=author, reason="Signed on paper")
    contract = version.contract

    assert (contract.status, contract.owner, version.number, version.status) == (
        "draft",
        author.user,
        1,
        "draft",
    )
    assert lines_of(version) == [WORK]
    assert payers_of(version) == [PayerTerms(account.code, Decimal(100), True)]
    assert told() == [
        (
            "contract.created",
            {
                "code": contract.code,
                "kind": "statement_of_work",
                "customer_id": str(account.customer_id),
                "currency": "GBP",
            },
        ),
        (
            "contract_version.drafted",
            {
                "contract_id": str(contract.pk),
                "contract_code": contract.code,
                "number": 1,
                "effective_from": "2026-01-01",
                "copied_from": None,
            },
        ),
    ]


def test_the_first_approval_activates_the_contract() -> None:
    version = submitted()
    assert Contract.objects.get().status == "in_review"
    second = approver()
    approved = approve_version(version.pk, actor=second)

    assert (approved.status, approved.approved_by) == ("approved", second.user)
    assert Contract.objects.get().status == "active"
    sealed = approved.content_sha256
    assert len(sealed) == 64
    number = {"contract_id": str(approved.contract_id), "contract_code": approved.contract.code, "number": 1}
    assert told("contract_version.submitted", "contract_version.approved", "contract.activated") == [
        ("contract_version.submitted", number | {"effective_from": "2026-01-01", "content_sha256": sealed}),
        (
            "contract_version.approved",
            number
            | {
                "effective_from": "2026-01-01",
                "overrides": [],
                "content_sha256": sealed,
                "prepared_by_id": str(version.prepared_by_id),
            },
        ),
        (
            "contract.activated",
            {
                "code": approved.contract.code,
                "version_id": str(version.pk),
                "number": 1,
                "effective_from": "2026-01-01",
                "retroactivity": "delta",
            },
        ),
    ]
    effective = Event.objects.filter(type="contract_version.approved").values_list("effective_on", flat=True)
    assert list(effective) == [date(2026, 1, 1)]


def test_approving_or_submitting_twice_changes_nothing() -> None:
    version = submitted()
    submit_version(version.pk, actor=preparer())
    second = approver()
    approve_version(version.pk, actor=second)
    before = state()
    approve_version(version.pk, actor=second)
    assert state() == before


def test_a_draft_copies_the_newest_terms() -> None:
    contract = active(ends_on=date(2026, 12, 31))
    first = contract.versions.get()
    copy = draft_version(contract.pk, effective_from=date(2026, 3, 1), actor=preparer())
    assert (copy.number, lines_of(copy), payers_of(copy)) == (2, lines_of(first), payers_of(first))
    assert copy.ends_on == date(2026, 12, 31)
    reject_version(submit_version(copy.pk, actor=preparer()).pk, reason="Too short", actor=approver())
    longer = draft_version(contract.pk, effective_from=date(2026, 3, 1), ends_on=None, actor=preparer())
    assert longer.ends_on is None


def test_one_draft_at_a_time() -> None:
    contract = active()
    draft_version(contract.pk, effective_from=date(2026, 3, 1), actor=preparer())
    before = state()
    with pytest.raises(VersionOpen):
        draft_version(contract.pk, effective_from=date(2026, 4, 1), actor=preparer())
    assert state() == before


def test_an_amendment_says_which_terms_it_overrides() -> None:
    contract = active()
    amended(contract, date(2026, 3, 1))
    amended(contract, date(2026, 6, 1))
    back_dated = amended(contract, date(2026, 3, 1))

    approvals = [payload for _, payload in told("contract_version.approved")]
    assert [(one["number"], one["overrides"]) for one in approvals] == [
        (1, []),
        (2, [1]),
        (3, [2]),
        (4, [2, 3]),
    ]
    superseded = [(payload["number"], payload["by"]) for _, payload in told("contract_version.superseded")]
    assert superseded == [(2, 4), (3, 4)]
    statuses = contract.versions.order_by("number").values_list("number", "status")
    assert list(statuses) == [(1, "approved"), (2, "superseded"), (3, "superseded"), (4, "approved")]
    assert back_dated.number == 4
    assert [kind for kind, _ in told("contract.activated", "contract.amended")] == [
        "contract.activated",
        "contract.amended",
        "contract.amended",
        "contract.amended",
    ]


@pytest.mark.parametrize("part", ["drafted", "edited", "submitted"])
def test_nobody_with_a_hand_in_the_draft_approves_it(part: str) -> None:
    price_list()
    suspect, other = (Actor.of(user_of(approver())) for _ in range(2))
    version = drafted(by=suspect if part == "drafted" else other)
    edit_version(version.pk, reason="as agreed", actor=suspect if part == "edited" else other)
    submit_version(version.pk, actor=suspect if part == "submitted" else other)
    before = state()
    with pytest.raises(SamePerson) as refusal:
        approve_version(version.pk, actor=suspect)
    assert (refusal.value.code, state()) == ("separation_of_duties", before)


def test_approval_takes_the_right_for_the_very_entity() -> None:
    version = submitted()
    elsewhere = approver(LegalEntityFactory.create())
    before = state()
    for actor in (elsewhere, preparer()):
        with pytest.raises(Forbidden):
            approve_version(version.pk, actor=actor)
    with pytest.raises(PersonRequired):
        approve_version(version.pk, actor=Actor.system("import"))
    assert state() == before


def test_terms_that_changed_behind_the_seal_are_not_approved() -> None:
    version = submitted()
    ContractLine.objects.update(discount_percent=Decimal(50))
    before = state()
    with pytest.raises(TermsChanged):
        approve_version(version.pk, actor=approver())
    assert state() == before


def test_a_draft_is_edited_and_nothing_else_is() -> None:
    version = drafted()
    shares = [
        PayerTerms(version.payers.get().billing_account.code, Decimal("33.3333"), True, "PO-1"),
        PayerTerms(BillingAccountFactory.create(customer=version.contract.customer).code, Decimal("66.6667")),
    ]
    lines = [LineTerms("support", "Support", "advisory", discount_percent=Decimal(10)), WORK]
    edited = edit_version(
        version.pk,
        effective_from=date(2026, 2, 1),
        ends_on=date(2026, 12, 31),
        lines=lines,
        payers=shares,
        actor=preparer(),
        expected_version=version.version,
    )
    assert (edited.effective_from, edited.ends_on) == (date(2026, 2, 1), date(2026, 12, 31))
    assert lines_of(edited) == lines
    assert sorted(payers_of(edited), key=lambda share: share.percent) == shares
    assert edited.version > version.version

    price_list()
    submit_version(version.pk, actor=preparer())
    before = state()
    with pytest.raises(NotADraft):
        edit_version(version.pk, lines=[WORK], actor=preparer())
    assert state() == before


def test_the_rounding_payer_can_change_hands() -> None:
    version = drafted()
    first = version.payers.get().billing_account.code
    second = BillingAccountFactory.create(customer=version.contract.customer).code
    for rounding in (second, first, second):
        shares = [PayerTerms(code, Decimal(50), code == rounding) for code in (first, second)]
        edit_version(version.pk, payers=shares, actor=preparer())
        assert payers_of(version) == sorted(shares, key=lambda share: share.billing_account)
    only = [PayerTerms(first, Decimal(100), True)]
    edit_version(version.pk, payers=only, actor=preparer())
    assert payers_of(version) == only


@pytest.mark.parametrize(
    ("terms", "refusal"),
    [
        ({"lines": [WORK, WORK]}, DuplicateTerms),
        ({"lines": [LineTerms("work", "Work", "unheard-of")]}, UnknownCode),
        ({"lines": [LineTerms("not a key", "Work", "advisory")]}, Invalid),
        ({"lines": [LineTerms("work", "", "advisory")]}, Invalid),
        ({"lines": [LineTerms("work", "Work", "advisory", discount_percent=Decimal(101))]}, Invalid),
        ({"lines": [LineTerms("work", "Work", "advisory", increment=Decimal(0))]}, Invalid),
        ({"lines": [LineTerms("work", "Work", "advisory", billing_method="barter")]}, Invalid),
        ({"payers": [PayerTerms("nobody")]}, UnknownCode),
        ({"payers": [PayerTerms("BA", Decimal(50)), PayerTerms("BA", Decimal(50))]}, DuplicateTerms),
        ({"ends_on": date(2025, 12, 31)}, Invalid),
    ],
)
def test_terms_that_cannot_be_are_refused(terms: dict[str, Any], refusal: type[Exception]) -> None:
    version = drafted()
    before = state()
    with pytest.raises(refusal):
        edit_version(version.pk, actor=preparer(), **terms)
    assert state() == before


def test_a_rejected_version_sends_a_new_contract_back_to_draft() -> None:
    version = submitted()
    before = state()
    with pytest.raises(ReasonRequired):
        reject_version(version.pk, reason=" ", actor=approver())
    assert state() == before

    reject_version(version.pk, reason="Wrong payer", actor=approver())
    assert (Contract.objects.get().status, ContractVersion.objects.get().status) == ("draft", "rejected")
    assert Event.objects.get(type="contract_version.rejected").reason == "Wrong payer"

    again = draft_version(version.contract_id, effective_from=date(2026, 1, 1), actor=preparer())
    assert (again.number, lines_of(again)) == (2, [WORK])
    submit_version(again.pk, actor=preparer())
    approve_version(again.pk, actor=approver())
    assert Contract.objects.get().status == "active"


def test_the_preparer_may_withdraw_but_a_third_person_may_not() -> None:
    price_list()
    author = preparer()
    version = drafted(by=author)
    submit_version(version.pk, actor=author)
    before = state()
    with pytest.raises(Forbidden):
        reject_version(version.pk, reason="No", actor=preparer())
    assert state() == before
    assert reject_version(version.pk, reason="Too early", actor=author).status == "rejected"


def test_a_draft_is_not_approved_unsubmitted() -> None:
    version = drafted()
    before = state()
    with pytest.raises(IllegalMove):
        approve_version(version.pk, actor=approver())
    assert state() == before


def test_everything_a_draft_lacks_is_said_at_once() -> None:
    customer = CustomerFactory.create(status="inactive", credit_hold=True, name="Halden")
    foreign = BillingAccountFactory.create(name="Other payable", purchase_order_required=True)
    bad = BillingAccountFactory.create(customer=customer, tax_registration="GB1")
    version = drafted(
        foreign,
        customer_id=customer.pk,
        payers=[PayerTerms(foreign.code, Decimal(40)), PayerTerms(bad.code, Decimal(50))],
    )
    found = [(one.code, one.field, one.blocks) for one in shortcomings(version)]
    assert found == [
        ("customer_inactive", "customer", True),
        ("customer_on_credit_hold", "customer", False),
        ("no_rate_card", "lines", True),
        ("payers_not_whole", "payers", True),
        ("no_rounding_payer", "payers", True),
        ("foreign_billing_account", "payers", True),
        ("purchase_order_missing", "payers", True),
        ("tax_registration_invalid", "payers", True),
    ]
    before = state()
    with pytest.raises(NotReady) as refusal:
        submit_version(version.pk, actor=preparer())
    assert (refusal.value.code, len(refusal.value.shortcomings)) == ("customer_inactive", 7)
    assert "sum to 90 %" in refusal.value.sentence
    assert state() == before


def test_a_contract_without_lines_is_not_ready_and_credit_hold_only_warns() -> None:
    price_list()
    version = drafted(lines=[])
    assert [one.code for one in shortcomings(version)] == ["no_lines"]
    edit_version(version.pk, lines=[WORK], actor=preparer())
    version.contract.customer.credit_hold = True
    version.contract.customer.save()
    assert submit_version(version.pk, actor=preparer()).status == "submitted"


@pytest.mark.parametrize(
    ("card", "ready"),
    [
        ({}, True),
        ({"service_line": "advisory"}, True),
        ({"service_line": "audit"}, False),
        ({"currency": "EUR"}, False),
    ],
)
def test_a_price_must_be_reachable_in_the_contract_currency(card: dict[str, str], ready: bool) -> None:
    ServiceLineFactory.create(code="advisory")
    ServiceLineFactory.create(code="audit")
    version = drafted()
    price_list(**card)
    assert [one.code for one in shortcomings(version)] == ([] if ready else ["no_rate_card"])


def test_prices_that_ended_before_the_terms_begin_do_not_count() -> None:
    card = price_list()
    version = drafted()
    last_day = version.effective_from - timedelta(days=1)
    end_rate(card.pk, dims=RateDimensions("senior"), ends_on=last_day, now=NOW, actor=preparer())
    assert [one.code for one in shortcomings(version)] == ["no_rate_card"]


def test_the_system_prepares_no_contract() -> None:
    before = state()
    with pytest.raises(PersonRequired):
        create_contract(effective_from=date(2026, 1, 1), name="x", actor=Actor.system("import"))
    assert state() == before
