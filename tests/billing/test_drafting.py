"""From open charges to proposals: grouping, tax by rule, parking, and recalculation when facts move."""

from datetime import date
from decimal import Decimal

import pytest

from billing.actions.decisions import hold_source, release_source
from billing.actions.posting import return_refused
from billing.actions.proposals import approve_proposals, release_proposal, submit_proposals
from billing.actions.runs import DocumentMonthClosed
from billing.models import BillingRun, Charge, Proposal, ProposalTax
from contracts.models import BillingAccount
from core.actors import Actor
from core.models import Event, ExceptionItem
from reporting.invariants import offenders
from tests import factories
from tests.billing.builders import Agreement, person
from tests.billing.documents import post, run_to, tax_rule

pytestmark = pytest.mark.django_db

D = Decimal
DAY = date(2026, 3, 31)


@pytest.fixture
def finance() -> Actor:
    return Actor.of(person("finance"))


@pytest.fixture
def lead() -> Actor:
    return Actor.of(person("finance_lead"))


def worked(hours: str = "10", price: str = "100") -> Agreement:
    """Return an agreement with one priced entry."""
    agreement = Agreement()
    agreement.rate(price)
    agreement.works(hours, date(2026, 3, 2))
    agreement.price()
    return agreement


def rule(agreement: Agreement, code: str, percent: str, text: str = "", **which: str) -> None:
    """Add a tax rule of the agreement's entity."""
    tax = factories.TaxCodeFactory.create(code=code, percent=percent, legal_text=text)
    factories.TaxRuleFactory.create(legal_entity=agreement.contract.legal_entity, tax_code=tax, **which)


def test_the_most_specific_tax_rule_answers_with_its_legal_text(finance: Actor) -> None:
    agreement = worked()
    BillingAccount.objects.update(country="DE", tax_registration="DE136695976")
    rule(agreement, "STD", "20")
    rule(agreement, "DE-B2C", "19", buyer_country="DE")
    rule(agreement, "DE-RC", "0", "Reverse charge", buyer_country="DE", buyer_registration="registered")
    run_to(agreement.contract, DAY, finance)
    tax = ProposalTax.objects.get()
    assert (tax.tax_code.code, tax.base, tax.amount, tax.legal_text) == (
        "DE-RC",
        D("1000.00"),
        D("0.00"),
        "Reverse charge",
    )


def test_no_tax_rule_parks_the_contract_and_the_others_go_on(finance: Actor) -> None:
    parked, other = worked(), worked("3")
    other.contract.legal_entity = parked.contract.legal_entity
    other.contract.save(update_fields=["legal_entity"])
    rule(parked, "NO-ONE", "20", buyer_country="FR")
    BillingAccount.objects.filter(pk=other.payer.billing_account_id).update(country="FR")
    from billing.actions.runs import complete_run, create_run, propose_contracts, start_run

    run = create_run(parked.contract.legal_entity_id, cut_off=DAY, document_date=DAY, actor=finance)
    start_run(run.pk, actor=finance)
    propose_contracts(run.pk, contract_ids=[parked.contract.pk, other.contract.pk], actor=finance)
    complete_run(run.pk, actor=finance)
    assert list(Proposal.objects.values_list("contract_id", "net")) == [(other.contract.pk, D("300.00"))]
    assert list(run.failures.values_list("contract_id", "code")) == [(parked.contract.pk, "tax_unresolved")]
    item = ExceptionItem.objects.get()
    assert (item.code, item.money_at_risk, item.currency) == ("tax_unresolved", D("1000.00"), "GBP")
    rule(parked, "STD", "20")
    run_to(parked.contract, DAY, finance)
    item.refresh_from_db()
    assert item.state == "resolved"
    assert offenders() == {}


def test_a_foreign_invoice_needs_its_exchange_rate_and_a_credit_keeps_it(finance: Actor, lead: Actor) -> None:
    agreement = Agreement(currency="EUR")
    agreement.contract.legal_entity.base_currency_id = "USD"
    agreement.contract.legal_entity.save(update_fields=["base_currency"])
    agreement.rate("100")
    entry = agreement.works("24", date(2026, 3, 2))
    agreement.price()
    tax_rule(agreement.contract)
    run = run_to(agreement.contract, DAY, finance)
    assert list(run.failures.values_list("code", flat=True)) == ["fx_missing"]
    rate = factories.ExchangeRateFactory.create(base_id="EUR", quote_id="USD", rate=D("1.0850"))
    run = run_to(agreement.contract, DAY, finance)
    (invoice,) = run.proposals.all()
    assert (invoice.net, invoice.fx_rate, invoice.net_base) == (D("2400.00"), D("1.0850"), D("2604.00"))
    post([invoice], finance, lead)
    rate.rate = D("1.1000")
    rate.save(update_fields=["rate"])
    agreement.correct(entry, None)
    agreement.price()
    (credit,) = run_to(agreement.contract, DAY, finance).proposals.all()
    assert (credit.kind, credit.fx_rate, credit.net_base) == ("credit_note", D("1.0850"), D("-2604.00"))


@pytest.mark.parametrize("presentation", ["entry", "task", "role", "summary"])
def test_presentation_never_changes_a_total(presentation: str, finance: Actor) -> None:
    agreement = Agreement(discount_percent=D("2.5"))
    agreement.rate("93.06")
    agreement.rate("120", role="lead")
    for day, worker in ((2, agreement.worker), (3, agreement.hire("lead")), (4, agreement.worker)):
        agreement.works("1.25", date(2026, 3, day), worker=worker)
    agreement.price()
    BillingAccount.objects.update(presentation=presentation)
    tax_rule(agreement.contract)
    (proposal,) = run_to(agreement.contract, DAY, finance).proposals.all()
    assert (proposal.net, proposal.tax, proposal.gross) == (D("373.09"), D("74.62"), D("447.71"))
    assert offenders() == {}


def test_two_payers_get_two_proposals_that_sum_to_the_whole(finance: Actor) -> None:
    agreement = Agreement()
    agreement.payer.percent = D("33.3333")
    agreement.payer.save(update_fields=["percent"])
    factories.PayerFactory.create(
        contract_version=agreement.version, percent=D("66.6667"), takes_rounding=False
    )
    agreement.rate("100")
    agreement.works("1", date(2026, 3, 2))
    agreement.price()
    tax_rule(agreement.contract)
    proposals = run_to(agreement.contract, DAY, finance).proposals.order_by("net")
    assert [proposal.net for proposal in proposals] == [D("33.33"), D("66.67")]
    assert offenders() == {}


def test_held_work_stays_off_and_comes_back_when_released(finance: Actor) -> None:
    agreement = worked()
    entry = agreement.works("2", date(2026, 3, 3))
    agreement.price()
    hold_source(agreement.contract.pk, source_id=entry.root_id, actor=finance, reason="customer asks")
    tax_rule(agreement.contract)
    (first,) = run_to(agreement.contract, DAY, finance).proposals.all()
    assert first.net == D("1000.00")
    release_source(agreement.contract.pk, source_id=entry.root_id, actor=finance)
    (second,) = run_to(agreement.contract, DAY, finance).proposals.all()
    assert second.net == D("200.00")


def test_an_approval_falls_only_when_amounts_change(finance: Actor, lead: Actor) -> None:
    agreement = worked()
    tax_rule(agreement.contract)
    (proposal,) = run_to(agreement.contract, DAY, finance).proposals.all()
    submit_proposals([proposal.pk], actor=finance)
    approve_proposals([proposal.pk], actor=lead)
    agreement.amend(date(2026, 1, 1))
    agreement.price()
    proposal.refresh_from_db()
    assert (proposal.status, proposal.net) == ("approved", D("1000.00"))
    agreement.reprice("110", date(2026, 2, 1))
    agreement.price()
    proposal.refresh_from_db()
    assert (proposal.status, proposal.net, proposal.approved_by) == ("draft", D("1100.00"), None)
    assert offenders() == {}


def test_a_proposal_whose_work_is_taken_back_is_discarded(finance: Actor) -> None:
    agreement = Agreement()
    agreement.rate("100")
    entry = agreement.works("1", date(2026, 3, 2))
    agreement.price()
    tax_rule(agreement.contract)
    (proposal,) = run_to(agreement.contract, DAY, finance).proposals.all()
    agreement.correct(entry, None)
    agreement.price()
    proposal.refresh_from_db()
    assert (proposal.status, proposal.gross) == ("discarded", D(0))
    assert offenders() == {}


def test_a_refused_proposal_comes_back_with_the_reason_and_goes_out_as_a_new_revision(
    finance: Actor, lead: Actor
) -> None:
    agreement = worked()
    tax_rule(agreement.contract)
    (proposal,) = run_to(agreement.contract, DAY, finance).proposals.all()
    submit_proposals([proposal.pk], actor=finance)
    approve_proposals([proposal.pk], actor=lead)
    release_proposal(proposal.pk, actor=finance)
    return_refused(proposal.pk, code="customer_incomplete", sentence="No tax registration.", actor=finance)
    proposal.refresh_from_db()
    assert (proposal.status, proposal.refusal, proposal.revision) == ("draft", "No tax registration.", 1)
    assert not Charge.objects.filter(fixed_at__isnull=False).exists()
    item = ExceptionItem.objects.get()
    assert (item.code, item.money_at_risk, item.title) == (
        "customer_incomplete",
        D("1000.00"),
        "No tax registration.",
    )
    post([proposal], finance, lead)
    proposal.refresh_from_db()
    item.refresh_from_db()
    assert (proposal.revision, proposal.status, item.state) == (2, "posted", "resolved")
    assert offenders() == {}


def test_work_of_a_closed_month_is_dated_into_the_first_open_one() -> None:
    agreement = Agreement()
    agreement.rate("100")
    entity = agreement.contract.legal_entity
    for month, state in ((2, "closed"), (3, "closed"), (4, "open")):
        factories.AccountingPeriodFactory.create(legal_entity=entity, month=date(2026, month, 1), state=state)
    agreement.works("1", date(2026, 2, 10))
    agreement.works("1", date(2026, 4, 10))
    agreement.price()
    dated = Charge.objects.order_by("service_on").values_list("service_on", "accounting_on")
    assert list(dated) == [
        (date(2026, 2, 10), date(2026, 4, 1)),
        (date(2026, 4, 10), date(2026, 4, 10)),
    ]
    assert offenders() == {}


def test_no_run_is_dated_into_a_closed_month(finance: Actor) -> None:
    agreement = worked()
    entity = agreement.contract.legal_entity
    factories.AccountingPeriodFactory.create(legal_entity=entity, month=date(2026, 3, 1), state="closed")
    events = Event.objects.count()
    with pytest.raises(DocumentMonthClosed) as refusal:
        run_to(agreement.contract, DAY, finance)
    assert (refusal.value.field, refusal.value.sentence) == (
        "document_date",
        f"March 2026 of {entity.name} is closed: choose a document date in an open month.",
    )
    assert (BillingRun.objects.count(), Event.objects.count()) == (0, events)
    assert run_to(agreement.contract, DAY, finance, date(2026, 4, 1)).status == "completed"


def test_a_run_without_open_charges_proposes_nothing(finance: Actor) -> None:
    agreement = Agreement()
    run = run_to(agreement.contract, DAY, finance)
    assert (run.proposals.count(), run.failures.count(), run.status) == (0, 0, "completed")
    assert BillingRun.objects.count() == 1


def test_a_change_of_billed_work_stands_on_a_line_of_its_own(finance: Actor) -> None:
    agreement = worked("10", "200")
    agreement.fix()
    agreement.works("5", date(2026, 3, 9))
    agreement.reprice("220", date(2026, 3, 1))
    agreement.price()
    run_to(agreement.contract, DAY, finance)
    lines = Proposal.objects.get(status="draft").lines.order_by("position")
    assert list(lines.values_list("description", "quantity", "unit_price", "net")) == [
        ("Senior", D("5"), D("220"), D("1100")),
        ("Senior, change of what was billed", D("1"), None, D("200")),
    ]


def described(proposal: Proposal) -> list[tuple[str, Decimal, Decimal | None, Decimal]]:
    """Return what a customer reads: description, quantity, unit price and net of every line."""
    lines = proposal.lines.order_by("position")
    return list(lines.values_list("description", "quantity", "unit_price", "net"))


def test_work_of_another_type_is_named_with_its_multiplier_or_its_own_price(finance: Actor) -> None:
    agreement = worked("10", "100")
    tax_rule(agreement.contract)
    overtime = factories.WorkTypeFactory.create(code="overtime", name="Overtime", multiplier=D("1.5"))
    standby = factories.WorkTypeFactory.create(code="standby", name="Standby")
    agreement.rate("40", work_type="standby")
    agreement.works("2", date(2026, 3, 3), work_type=overtime)
    agreement.works("4", date(2026, 3, 4), work_type=standby)
    agreement.price()
    run_to(agreement.contract, DAY, finance)
    assert described(Proposal.objects.get()) == [
        ("Senior", D("10"), D("100"), D("1000")),
        ("Senior, Overtime × 1.5", D("2"), D("150"), D("300")),
        ("Senior, Standby", D("4"), D("40"), D("160")),
    ]


def test_lines_that_would_read_alike_name_the_basis_of_their_price_or_their_days(finance: Actor) -> None:
    agreement = Agreement()
    agreement.rate("180", ends=date(2026, 3, 15))
    agreement.rate("190", date(2026, 3, 15))
    agreement.rate("205", region="DE")
    german, agreed = agreement.hire("senior", region="DE"), agreement.hire("senior")
    agreement.project.assignments.filter(worker=agreed).update(rate_override=D(150))
    tax_rule(agreement.contract)
    for day in (2, 4, 16):
        agreement.works("1", date(2026, 3, day))
    for worker in (german, agreed):
        agreement.works("1", date(2026, 3, 20), worker=worker)
    agreement.price()
    run_to(agreement.contract, DAY, finance)
    assert described(Proposal.objects.get()) == [
        ("Senior, 2 Mar 2026 to 4 Mar 2026", D("2"), D("180"), D("360")),
        ("Senior, 16 Mar 2026", D("1"), D("190"), D("190")),
        ("Senior, agreed price", D("1"), D("150"), D("150")),
        ("Senior, DE", D("1"), D("205"), D("205")),
    ]


@pytest.mark.parametrize("presentation", ["entry", "task", "role", "summary"])
def test_every_kind_of_line_says_what_it_is(presentation: str, finance: Actor) -> None:
    agreement = Agreement(discount_percent=D(10))
    agreement.rate("100")
    agreement.works("10", date(2026, 3, 2))
    agreement.price()
    agreement.fix()
    second = agreement.works("5", date(2026, 3, 9))
    agreement.reprice("110", date(2026, 3, 1))
    agreement.price()
    agreement.decide(second, "write_down", "50")
    agreement.decide(second, "write_up", "20")
    agreement.price()
    BillingAccount.objects.update(presentation=presentation)
    run_to(agreement.contract, DAY, finance)
    who, done = agreement.worker.name, agreement.task.name
    base = {
        "entry": f"{who}, 9 Mar 2026, {done}",
        "task": done,
        "role": "Senior",
        "summary": agreement.line.name,
    }
    former = base | {"entry": f"{who}, 2 Mar 2026, {done}"}
    assert sorted(described(Proposal.objects.get(status="draft"))) == sorted(
        [
            (base[presentation], D(5), D(110), D(550)),
            (f"{former[presentation]}, change of what was billed", D(1), None, D(100)),
            ("Discount 10 %", D(1), None, D(-55)),
            ("Discount 10 %, change of what was billed", D(1), None, D(-10)),
            ("Reduction", D(1), None, D(-50)),
            ("Addition", D(1), None, D(20)),
        ]
    )
    assert offenders() == {}


def test_long_names_do_not_stop_a_run(finance: Actor) -> None:
    agreement = worked()
    agreement.worker.name, agreement.task.name = "W" * 120, "T" * 160
    agreement.worker.save(update_fields=["name"])
    agreement.task.save(update_fields=["name"])
    BillingAccount.objects.update(presentation="entry")
    tax_rule(agreement.contract)
    run_to(agreement.contract, DAY, finance)
    assert described(Proposal.objects.get())[0][0].startswith("W" * 120 + ", 2 Mar 2026, TTT")


def test_a_credit_above_nothing_is_parked(finance: Actor) -> None:
    agreement = worked()
    agreement.fix()
    original = Charge.objects.get()
    Charge.objects.create(
        **{
            name: getattr(original, name)
            for name in (
                *("contract", "line_key", "source_type", "source_id", "billing_account", "project"),
                *("task_id", "worker_id", "role", "service_line", "service_on", "accounting_on", "quantity"),
                *("worked_quantity", "unit", "unit_price", "currency", "contract_version", "explanation"),
            )
        },
        component="write_up",
        amount=D(5),
        reverses=original,
    )
    run = run_to(agreement.contract, DAY, finance)
    assert list(run.failures.values_list("code", flat=True)) == ["credit_above_nothing"]
    assert run.proposals.count() == 0
    item = ExceptionItem.objects.get()
    assert (item.code, item.money_at_risk, item.title) == (
        "credit_above_nothing",
        D("5.00"),
        "A credit above zero",
    )
