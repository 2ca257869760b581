"""The preview of a run writes nothing and is what the run then does, to the cent."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from billing.actions.decisions import hold_source
from billing.models import Charge, Proposal, RunFailure
from billing.queries.run_preview import LeftOut, PreviewedDocument, preview_run
from billing.queries.totals import CurrencySum, Totals
from billing.queries.unapproved import UnapprovedTime, unapproved_time
from contracts.models import Payer
from core.actors import Actor
from tests import factories
from tests.billing.builders import Agreement, person
from tests.billing.documents import run_to, tax_rule

pytestmark = pytest.mark.django_db

D = Decimal
CUT_OFF = date(2026, 3, 31)


def everything_stored() -> dict[str, object]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"
        )
        tables = [row[0] for row in cursor.fetchall()]
        sums: dict[str, object] = {}
        for table in tables:
            cursor.execute(
                f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM \"{table}\" t"
            )
            sums[table] = cursor.fetchone()
        cursor.execute("SELECT last_value FROM billing_proposal_number")
        sums["numbers"] = cursor.fetchone()
    return sums


def billed_agreement() -> Agreement:
    """Two payers, a discount, a foreign currency, a credit note in waiting."""
    agreement = Agreement(currency="EUR", policy="rebill", discount_percent=D("2.5"))
    agreement.contract.legal_entity.base_currency_id = "GBP"
    agreement.contract.legal_entity.save(update_fields=["base_currency"])
    factories.ExchangeRateFactory.create()
    Payer.objects.filter(contract_version=agreement.version).update(percent=D("60"))
    factories.PayerFactory.create(
        contract_version=agreement.version,
        percent=D("40"),
        takes_rounding=False,
        billing_account__customer=agreement.contract.customer,
    )
    agreement.rate("93.06")
    wrong = agreement.works("7.77", date(2026, 2, 3))
    agreement.price()
    agreement.fix()
    agreement.correct(wrong, "6.33")
    agreement.works("5.55", date(2026, 3, 3))
    agreement.price()
    return agreement


def test_preview_equals_the_run_to_the_cent_and_writes_nothing() -> None:
    agreement = billed_agreement()
    entity = agreement.contract.legal_entity
    before = everything_stored()
    previewed = preview_run(entity, cut_off=CUT_OFF, document_date=CUT_OFF)
    assert everything_stored() == before
    run = run_to(agreement.contract, CUT_OFF, Actor.of(person("finance")))
    proposed = [
        (one.kind, one.credits.number if one.credits else "", one.billing_account.name, one.currency, one.net)
        for one in run.proposals.select_related("billing_account", "credits")
    ]
    assert len(proposed) == 4
    assert sorted(proposed) == sorted(
        (one.kind, one.credits, one.bill_to, one.currency, one.net) for one in previewed.documents
    )
    invoices = [one for one in previewed.documents if one.kind == "invoice"]
    drafted = Proposal.objects.filter(run=run, kind="invoice").values_list("net_base", flat=True)
    assert sorted(one.net_base for one in invoices) == sorted(base for base in drafted if base is not None)
    assert previewed.totals.sums[0].net == sum((row[4] for row in proposed), D(0))


def test_the_whole_preview_of_a_small_contract() -> None:
    agreement = Agreement()
    contract = agreement.contract
    tax_rule(contract)
    agreement.rate("150", date(2026, 1, 1), date(2026, 3, 20))
    kept = agreement.works("8", date(2026, 3, 2))
    held = agreement.works("2", date(2026, 3, 3))
    agreement.works("5", date(2026, 3, 25))
    agreement.works("9", date(2026, 4, 2))
    for status, hours in (("submitted", "4"), ("draft", "3")):
        factories.TimeEntryFactory.create(
            **({"submitted": True} if status == "submitted" else {}),
            worker=agreement.worker,
            task=agreement.task,
            work_date=date(2026, 3, 10),
            hours=D(hours),
        )
    agreement.price()
    hold_source(contract.pk, source_id=held.root_id, actor=Actor.of(person("finance")), reason="disputed")
    preview = preview_run(contract.legal_entity, cut_off=CUT_OFF, document_date=CUT_OFF)
    gap = preview.gaps[0]
    assert preview.documents == (
        PreviewedDocument(
            contract=contract.code,
            contract_name=contract.name,
            customer=contract.customer.name,
            bill_to=Payer.objects.get(contract_version=agreement.version).billing_account.name,
            kind="invoice",
            credits="",
            currency="GBP",
            charges=1,
            net=D("1200.00"),
            net_base=D("1200.00"),
            href=f"/billing/charges/?contract={contract.code}&status=open&until=2026-03-31",
        ),
    )
    assert preview.totals == Totals(1, (CurrencySum("GBP", 1, D("1200.00")),), "GBP", D("1200.00"))
    assert preview.parked == ()
    assert (gap.code, gap.hours, gap.amount) == ("rate_missing", D("14.0000"), D("2100.0000"))
    assert preview.held == (
        LeftOut(
            "held",
            contract.code,
            "1 piece of work on hold",
            D("300.0000"),
            "GBP",
            D("2.0000"),
            f"/billing/charges/?contract={contract.code}&held=yes",
        ),
    )
    assert preview.unapproved == (
        UnapprovedTime(
            contract.pk, contract.code, contract.name, "GBP", 2, D("4"), D("3"), D("0"), D("1050.00"), CUT_OFF
        ),
    )
    assert Charge.objects.get(source_id=kept.root_id).status == "open"


def test_preview_parks_what_the_run_parks() -> None:
    agreement = Agreement()
    agreement.rate("150")
    agreement.works("8", date(2026, 3, 2))
    agreement.price()
    preview = preview_run(agreement.contract.legal_entity, cut_off=CUT_OFF, document_date=CUT_OFF)
    assert preview.documents == ()
    run = run_to(agreement.contract, CUT_OFF, Actor.of(person("finance")))
    failure = RunFailure.objects.get(run=run)
    assert [(one.code, one.sentence, one.amount) for one in preview.parked] == [
        (failure.code, failure.sentence, D("1200.00"))
    ]
    assert failure.code == "tax_unresolved"


def test_unapproved_time_is_valued_as_the_engine_would_price_it() -> None:
    agreement = Agreement(discount_percent=D("10"))
    agreement.card.unit = "day"
    agreement.card.save(update_fields=["unit"])
    agreement.rate("800")
    factories.TimeEntryFactory.create(
        submitted=True, worker=agreement.worker, task=agreement.task, work_date=date(2026, 3, 2), hours=D(4)
    )
    junior = agreement.hire("junior")
    factories.TimeEntryFactory.create(
        submitted=True, worker=junior, task=agreement.task, work_date=date(2026, 3, 2), hours=D(5)
    )
    [found] = unapproved_time(agreement.contract.legal_entity_id, CUT_OFF)
    assert (found.hours, found.unpriced_hours, found.value) == (D(9), D(5), D("360.00"))
