"""Contracts on their way to delivery: those of the firm are confirmed, one waits for its customer."""

from decimal import Decimal

from django.db import transaction

from config.demo.path.erp import INCOMPLETE
from config.demo.path.stage import Stage
from config.demo.path.waiting import settle_processes
from contracts.actions.contracts import create_contract
from contracts.actions.fixed_fees import InstalmentTerms
from contracts.actions.terms import LineTerms, PayerTerms
from contracts.actions.versions import approve_version, submit_version
from contracts.models import BillingAccount, Contract
from core.models import LegalEntity
from integrations.actions.processes import resume_process
from integrations.models import Process
from integrations.states import ProcessState

WAITING = "C-1095"
_NAME, _PART = "Tenant self-service", Decimal(12000)


def confirm(stage: Stage) -> None:
    """Have the activations of the firm's contracts go through; the ERP may not have been ready for some."""
    for process in Process.objects.filter(state=ProcessState.WAITING):
        resume_process(process.pk, actor=stage.cast.support, reason="The ERP's books are open")
    settle_processes()
    done = Process.objects.filter(state=ProcessState.DONE).count()
    stage.say(f"Activation: {done} contracts confirmed, customers known to the ERP.")


def leave_waiting(stage: Stage) -> None:
    """Agree one more contract, of the customer the ERP finds incomplete: its project is set up, not open."""
    if not Contract.objects.filter(code=WAITING).exists():
        with transaction.atomic():
            _agree(stage)
    settle_processes()
    process = Process.objects.get(subject_label=WAITING)
    step = process.steps.exclude(error="").order_by("position").first()
    stage.say(f"Activation of {WAITING} {process.state}: {step.error if step else 'nothing is missing'}")


def waiting() -> Process | None:
    """Return the activation that waits for a person, if there still is one."""
    return Process.objects.filter(state=ProcessState.WAITING).order_by("created_at").first()


def _agree(stage: Stage) -> None:
    account = BillingAccount.objects.get(code=INCOMPLETE)
    month = stage.calendar.open_month
    parts = tuple(InstalmentTerms(f"i{number}", month.plus(number).first, _PART) for number in (1, 2, 3))
    contract = create_contract(
        code=WAITING,
        name=_NAME,
        customer_id=account.customer_id,
        legal_entity_id=LegalEntity.objects.get(code="UK").pk,
        currency_id="GBP",
        effective_from=month.first,
        lines=[LineTerms("portal", _NAME, "engineering", "instalments", amount=3 * _PART, instalments=parts)],
        payers=[PayerTerms(INCOMPLETE)],
        actor=stage.cast.finance,
    )
    version = contract.versions.get()
    submit_version(version.pk, actor=stage.cast.finance)
    approve_version(version.pk, actor=stage.cast.finance_lead)
