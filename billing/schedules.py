"""Jobs of billing by the clock."""

from datetime import datetime, timedelta

from billing.actions.pricing import price_everything
from core.actors import Actor
from core.presentation.formats import counted
from core.scheduling.registry import scheduled


@scheduled("pricing-safety-net", offset=timedelta(hours=2, minutes=10))
def price_all(due_at: datetime) -> str:
    """Price every contract again; in a healthy system there is nothing to do."""
    changed = price_everything(actor=Actor.system("pricing"))
    return f"{counted(changed, 'contract')} changed." if changed else "Nothing was left to price."
