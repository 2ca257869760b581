"""What agreements do when something happens: draft contracts of ready deals, judge waiting ones again."""

from contracts.actions.converting import draft_contract_of_deal
from contracts.actions.deals import recheck_deal
from contracts.models import Deal
from contracts.states import DealState
from core.actors import Actor
from core.models import Event
from core.reactions import reacts_to

INTAKE = Actor.system("deal intake")


@reacts_to("deal.received", "deal.refreshed", "deal.completed", "deal.rechecked")
def draft_ready_contracts(events: list[Event]) -> None:
    """Draft the contract of every deal that lacks nothing; a person reviews and submits it."""
    ready = Deal.objects.filter(pk__in={event.aggregate_id for event in events}, state=DealState.READY)
    for deal_id in ready.order_by("code").values_list("pk", flat=True):
        draft_contract_of_deal(deal_id, actor=INTAKE)


@reacts_to(
    "rate.changed",
    "customer.created",
    "customer.changed",
    "billing_account.created",
    "billing_account.changed",
    "master_data.changed",
)
def judge_waiting_deals(events: list[Event]) -> None:
    """Judge incomplete deals again: a price, a customer or a person they lacked may be there now."""
    waiting = Deal.objects.filter(state=DealState.INCOMPLETE).order_by("code")
    for deal_id in waiting.values_list("pk", flat=True):
        recheck_deal(deal_id, actor=INTAKE)
