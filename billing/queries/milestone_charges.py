"""What the accepted parts of a milestone billed, on its page."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from billing.models import Charge
from billing.queries.addresses import charge_address, proposal_address
from billing.queries.explanations import explain_charge, explained
from billing.queries.visibility import visible_charges
from billing.states import SourceType
from core.pages import person_of
from core.presentation.panels import Panel


@dataclass(frozen=True)
class BilledPart:
    """A charge of the milestone with its explanation, its page and its document's."""

    charge: Any
    sentence: str
    href: str
    document_href: str


def of_milestone(request: HttpRequest, milestone: Any) -> Panel | None:
    """Return the charges of a milestone's sign-offs that the person may see; nothing where there are none."""
    charges = Charge.objects.filter(
        pk__in=visible_charges(person_of(request)).values("pk"),
        contract=milestone.contract_id,
        source_type=SourceType.MILESTONE,
        source_id__in=milestone.sign_offs.values("pk"),
    )
    parts = [_part(charge) for charge in explained(charges).order_by("service_on", "created_at", "id")]
    return Panel("charges/of_milestone.html", parts) if parts else None


def _part(charge: Any) -> BilledPart:
    document = proposal_address(charge.document) if charge.document else ""
    return BilledPart(charge, explain_charge(charge).sentence, charge_address(charge), document)
