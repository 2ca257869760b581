"""What the exception page offers for breaks: both sides, and the way to the pair."""

from urllib.parse import urlencode

from django.urls import reverse

from core.fixes import Evidence, Fix, shows, suggests
from core.models import ExceptionItem, User
from core.permissions import holds
from core.presentation.formats import money
from core.presentation.parts import Fact, Link
from integrations.models import Break


@shows("break_open")
def break_evidence(item: ExceptionItem) -> Evidence:
    """Show what each side says."""
    row = _break_of(item)
    if row is None:
        return Evidence(item.title)
    ours = "nothing" if row.ours is None else money(row.ours, row.currency)
    theirs = "nothing" if row.theirs is None else money(row.theirs, row.currency)
    return Evidence(
        f"{row.month:%B %Y}, net, each side in the month of its own date.",
        (
            Fact("Billing says", ours),
            Fact("ERP says", theirs),
            Fact("Difference", money(row.difference, row.currency)),
        ),
    )


@suggests("break_open")
def break_fix(item: ExceptionItem, user: User) -> Fix | None:
    """Lead to both documents side by side, where the break is settled."""
    row = _break_of(item)
    if row is None:
        return None
    place = {
        "entity": row.legal_entity.code,
        "period": f"{row.month:%Y-%m}",
        "currency": row.currency,
        "break": str(row.pk),
    }
    may = holds(user, "reconciliation.work", row.legal_entity_id)
    return Fix(
        title=f"Settle {row.key}",
        text="See both documents field by field; correct, send again, or accept with a second person.",
        effects=(Fact("Leaves the difference of the month", money(row.difference, row.currency)),),
        open=Link("Open the pair", f"{reverse('reconciliation')}?{urlencode(place)}"),
        reason="" if may else "This takes somebody who reconciles.",
    )


def _break_of(item: ExceptionItem) -> Break | None:
    return Break.objects.select_related("legal_entity").filter(exception=item).first()
