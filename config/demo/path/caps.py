"""Two contracts with a cap: one nearly used, one whose latest work is over it."""

from decimal import Decimal

from django.db.models import QuerySet, Sum

from billing.models import Charge
from billing.states import ChargeStatus, Component
from config.demo.path.stage import Stage
from config.demo.path.waiting import settle_events
from contracts.actions.versions import approve_version, draft_version, submit_version
from contracts.models import Contract

NEAR, OVER = "C-3047", "C-5020"
_REASON = "The customer set a limit for the rest of the year"


def cap(stage: Stage) -> None:
    """Agree a cap of the whole contract on both, measured by what they bill; nothing where there is one."""
    if Contract.objects.filter(code__in=(NEAR, OVER), versions__cap_amount__isnull=False).exists():
        return
    _agree(stage, NEAR, _whole_hundreds(_billed(NEAR) * Decimal("1.04")))
    waiting = _total(_charges(OVER).filter(status=ChargeStatus.OPEN))
    _agree(stage, OVER, _whole_hundreds(_billed(OVER) - waiting / 2))
    settle_events()
    over = _total(Charge.objects.filter(contract__code=OVER, component=Component.OVER_CAP))
    stage.say(f"Caps: {NEAR} is nearly used, {OVER} has {over:,.2f} over it.")


def _agree(stage: Stage, code: str, amount: Decimal) -> None:
    version = draft_version(
        Contract.objects.get(code=code).pk,
        effective_from=stage.calendar.open_month.first,
        cap_amount=amount,
        reason=_REASON,
        actor=stage.cast.finance,
    )
    submit_version(version.pk, actor=stage.cast.finance)
    approve_version(version.pk, actor=stage.cast.finance_lead)


def _billed(code: str) -> Decimal:
    return _total(_charges(code))


def _charges(code: str) -> QuerySet[Charge]:
    charges = Charge.objects.filter(contract__code=code, billable=True)
    return charges.exclude(component=Component.WRITE_DOWN)


def _total(charges: QuerySet[Charge]) -> Decimal:
    return charges.aggregate(sum=Sum("amount", default=Decimal(0)))["sum"] or Decimal(0)


def _whole_hundreds(amount: Decimal) -> Decimal:
    return Decimal(int(amount / 100) * 100)
