"""What the system of a deal should know of what became of it."""

from collections.abc import Iterable
from uuid import UUID

from contracts.models import Deal
from projects.models import Project

Told = dict[str, object]


def what_deals_should_know(deal_ids: Iterable[UUID | None]) -> dict[UUID, Told]:
    """Return by deal what its system should know of us; two queries for all of them."""
    deals = list(
        Deal.objects.filter(pk__in=list(deal_ids), contract__isnull=False).select_related("contract")
    )
    codes: dict[UUID, list[str]] = {}
    projects = Project.objects.filter(contract__in=[deal.contract_id for deal in deals]).order_by("code")
    for contract_id, code in projects.values_list("contract_id", "code"):
        codes.setdefault(contract_id, []).append(code)
    return {
        deal.pk: {
            "contract_code": deal.contract.code,
            "project_codes": codes.get(deal.contract.pk, []),
            "delivery_status": deal.contract.status,
        }
        for deal in deals
        if deal.contract
    }
