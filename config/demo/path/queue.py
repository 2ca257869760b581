"""The exception queue as people find it: some items are somebody's, the rest waits."""

from django.db.models import Count, Sum

from config.demo.path.stage import Stage
from core.actions.exceptions import assign_exceptions
from core.exceptions import OPEN_STATES
from core.models import ExceptionItem

_FOR_FINANCE = ("rate_missing", "customer_incomplete")


def hand_out(stage: Stage) -> None:
    """Give finance what blocks its invoices, and tell what waits, with the money at risk."""
    waiting = ExceptionItem.objects.filter(state__in=OPEN_STATES)
    mine = waiting.filter(code__in=_FOR_FINANCE, owner=None).values_list("pk", flat=True)
    if mine:
        assign_exceptions(list(mine), owner=stage.cast.finance.user, actor=stage.cast.finance_lead)
    rows = waiting.order_by("code", "currency").values_list("code", "currency")
    for code, currency, items, amount in rows.annotate(items=Count("pk"), amount=Sum("money_at_risk")):
        risk = f"{amount:,.2f} {currency} at risk" if amount is not None else "money at risk not known"
        stage.say(f"Exception {code}: {items}, {risk}.")
