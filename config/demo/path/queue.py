"""The exception queue as people find it: some items are somebody's, the rest waits."""

from django.db.models import Count, Q, Sum

from config.demo.path.stage import Stage
from core.actions.exceptions import assign_exceptions
from core.exceptions import OPEN_STATES
from core.models import ExceptionItem
from integrations.states import ProcessKind

_FOR_FINANCE = ("rate_missing", "customer_incomplete")


def hand_out(stage: Stage) -> None:
    """Give finance what blocks invoices, the steward what keeps a contract from starting; tell what waits."""
    waiting = ExceptionItem.objects.filter(state__in=OPEN_STATES)
    activation = Q(flow=ProcessKind.CONTRACT_ACTIVATION)
    mine = waiting.filter(code__in=_FOR_FINANCE).exclude(activation)
    for theirs, owner in (
        (mine, stage.cast.finance.user),
        (waiting.filter(activation), stage.cast.steward.user),
    ):
        found = list(theirs.exclude(owner=owner).values_list("pk", flat=True))
        if found:
            assign_exceptions(found, owner=owner, actor=stage.cast.finance_lead)
    rows = waiting.order_by("code", "currency").values_list("code", "currency")
    for code, currency, items, amount in rows.annotate(items=Count("pk"), amount=Sum("money_at_risk")):
        risk = f"{amount:,.2f} {currency} at risk" if amount is not None else "money at risk not known"
        stage.say(f"Exception {code}: {items}, {risk}.")
