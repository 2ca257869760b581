"""The page of unbilled work: open charges by contract and age."""

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from billing.queries.registers import unbilled_contracts
from billing.queries.unbilled import age_conditions, aging_strips
from billing.queries.visibility import visible_charges
from billing.tables import UNBILLED
from core.pages import page, person_of
from core.presentation.register import register_view


@page("charge.view")
def unbilled(request: HttpRequest) -> HttpResponseBase:
    """List the contracts with open charges; every figure leads to the charges it counts."""
    user, today = person_of(request), timezone.localdate()
    charges = visible_charges(user)
    rows = unbilled_contracts(charges, age_conditions(today))
    return register_view(request, UNBILLED, rows, extra={"strips": aging_strips(charges, today)})
