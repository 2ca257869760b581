"""Differences made in the ERP, and the reconciliation that finds them."""

from decimal import Decimal

from billing.models import Proposal
from billing.states import ProposalKind, ProposalStatus
from config.demo.firm.systems import COMPANIES, SYSTEM
from config.demo.path.stage import Stage
from core.models import LegalEntity
from core.states import words
from integrations.actions.reconciliation import request_reconciliation
from integrations.models import Break, ReconciliationRun, System
from integrations.relay.reconciling import reconcile
from integrations.sandbox_erp.errors import Refused
from integrations.sandbox_erp.requests import NewDocument, NewDocumentLine

ENTITY = "UK"
_AMENDED, _DELETED, _BY_HAND = "C-1041", "C-1072", "HALDEN-01"
_LESS = Decimal("1000.00")


def make_differences(stage: Stage) -> None:
    """Amend one invoice in the ERP, delete another, and raise a third by hand."""
    _amend(stage)
    _delete(stage)
    _raise_by_hand(stage)


def compare(stage: Stage) -> None:
    """Compare the last two billed months of every company, and tell what does not tie out."""
    system = System.objects.get(code=SYSTEM)
    months = stage.calendar.billed_months[-2:]
    for entity in LegalEntity.objects.order_by("code"):
        for month in months:
            run = request_reconciliation(
                system.pk, legal_entity_id=entity.pk, month=month.first, actor=stage.cast.finance
            )
            run = reconcile(run.pk)
            differ = "1 differs" if run.breaks == 1 else f"{run.breaks} differ"
            stage.say(f"Reconciliation {entity.code} {month}: {run.matched} agree, {differ}.")
    for row in Break.objects.filter(legal_entity__code=ENTITY).order_by("kind", "key"):
        stage.say(f"  {words(row.kind)}: {row.key}, difference {row.difference:+,.2f} {row.currency}")


def compared(stage: Stage) -> bool:
    """Say whether the comparison of the last billed month is done."""
    runs = ReconciliationRun.objects.filter(
        month=stage.calendar.last_billed.first, completed_at__isnull=False
    )
    return runs.values("legal_entity").distinct().count() == len(COMPANIES)


def _invoice(stage: Stage, contract: str) -> Proposal | None:
    month = stage.calendar.last_billed
    posted = Proposal.objects.filter(
        contract__code=contract,
        document_date=month.last,
        kind=ProposalKind.INVOICE,
        status=ProposalStatus.POSTED,
    )
    return posted.order_by("number").first()


def _amend(stage: Stage) -> None:
    invoice = _invoice(stage, _AMENDED)
    if invoice is None:
        return
    document = stage.erp.get_document(invoice.erp_number)
    if document.net == invoice.net:
        stage.office.amend_document(document.number, {}, line=1, net=document.lines[0].net - _LESS)
        stage.say(f"ERP: somebody takes {_LESS} off {document.number}.")


def _delete(stage: Stage) -> None:
    invoice = _invoice(stage, _DELETED)
    if invoice is None:
        return
    try:
        stage.office.delete_document(invoice.erp_number)
    except Refused:
        return
    stage.say(f"ERP: somebody deletes {invoice.erp_number}.")


def _raise_by_hand(stage: Stage) -> None:
    company, month = COMPANIES[ENTITY], stage.calendar.last_billed
    documents = stage.erp.list_documents(company, f"{month.first:%Y-%m}")
    customer = stage.erp.find_customer(_BY_HAND)
    if customer is None or any(document.origin == "manual" for document in documents):
        return
    net, tax = Decimal("1150.00"), Decimal("230.00")
    line = NewDocumentLine("Workshop, agreed by telephone", Decimal(1), net, net, "GB-S")
    raised = stage.office.raise_document(
        NewDocument(
            kind="invoice",
            company=company,
            customer=customer.number,
            external_reference=None,
            currency="GBP",
            document_date=month.last,
            lines=(line,),
            net=net,
            tax=tax,
            gross=net + tax,
        ),
        post=True,
    )
    stage.say(f"ERP: somebody raises {raised.number} by hand.")
