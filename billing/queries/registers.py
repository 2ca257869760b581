"""Rows of billing's registers: each with the figures its columns show, in one query."""

from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    DecimalField,
    Exists,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Concat

from billing.models import Adjustment, BillingRun, Charge, Hold, Proposal
from billing.queries.ceilings import OVER
from billing.states import IN_HAND, ChargeStatus, ProposalStatus, RunStatus
from contracts.models import Contract

MONEY: Any = DecimalField(max_digits=18, decimal_places=4)


def runs_at_work(runs: QuerySet[BillingRun]) -> QuerySet[BillingRun]:
    """Keep the runs that are prepared, running, or have documents that are not with the ERP yet."""
    waiting = Proposal.objects.filter(run=OuterRef("pk"), status__in=IN_HAND)
    return runs.filter(Q(status__in=[RunStatus.DRAFT, RunStatus.RUNNING]) | Exists(waiting))


def staged(runs: QuerySet[BillingRun]) -> QuerySet[Any]:
    """Add `stage`, the state of the run's documents furthest behind, and `stage_count`, how many have it.

    A run that has not proposed yet, was cancelled, or has no live document is at its own state.
    """
    of_run = Proposal.objects.filter(run=OuterRef("pk")).exclude(status=ProposalStatus.DISCARDED).order_by()
    behind = [
        ProposalStatus.DRAFT,
        ProposalStatus.IN_REVIEW,
        ProposalStatus.APPROVED,
        ProposalStatus.RELEASING,
    ]
    stages = [
        When(Exists(of_run.filter(status=status)), then=Value(f"documents_{status}")) for status in behind
    ]
    own = When(~Q(status=RunStatus.COMPLETED), then=F("status"))
    posted = When(Exists(of_run), then=Value("documents_posted"))
    stage = Case(own, *stages, posted, default=F("status"), output_field=CharField())
    at_stage = of_run.annotate(standing=Concat(Value("documents_"), "status")).filter(
        standing=OuterRef("stage")
    )
    counted = Subquery(at_stage.values("run").annotate(n=Count("pk")).values("n"))
    found: QuerySet[Any] = runs.annotate(stage=stage).annotate(stage_count=Coalesce(counted, 0))
    return found


def runs_with_figures(runs: QuerySet[BillingRun]) -> QuerySet[Any]:
    """Add the number of live proposals, their net in base, and the contracts left out."""
    live = Proposal.objects.filter(run=OuterRef("pk")).exclude(status=ProposalStatus.DISCARDED)
    figures = live.order_by().values("run")
    found: QuerySet[Any] = (
        staged(runs)
        .select_related("legal_entity", "prepared_by")
        .annotate(
            proposal_count=Coalesce(Subquery(figures.annotate(n=Count("pk")).values("n")), 0),
            net_base=Coalesce(
                Subquery(figures.annotate(n=Sum("net_base")).values("n")), Decimal(0), output_field=MONEY
            ),
            left_out=Count("failures", distinct=True),
        )
    )
    return found


def proposals_with_parties(proposals: QuerySet[Proposal]) -> QuerySet[Proposal]:
    """Read with each proposal whom and what it is about."""
    return proposals.select_related(
        "contract", "billing_account__customer", "legal_entity", "run", "prepared_by"
    )


def held(charges: QuerySet[Charge]) -> QuerySet[Charge]:
    """Keep the charges whose source is on hold."""
    active = Hold.objects.filter(contract=OuterRef("contract"), released_at=None)
    own = Adjustment.objects.filter(pk=OuterRef(OuterRef("source_id"))).values("source_id")
    return charges.filter(
        Exists(active.filter(source_id=OuterRef("source_id"))) | Exists(active.filter(source_id__in=own))
    )


def unbilled_contracts(charges: QuerySet[Charge], ages: dict[str, Q]) -> QuerySet[Any]:
    """Return the contracts with open charges: their billable sums in all and by age, and what is over caps.

    Only the given charges count, so that nobody sees money of work they may not see.
    """
    open_ones = charges.filter(status=ChargeStatus.OPEN, billable=True)
    of_contract = open_ones.filter(contract=OuterRef("pk")).order_by().values("contract")
    sums = {
        name: Coalesce(
            Subquery(of_contract.annotate(s=Sum("amount", filter=age)).values("s")),
            Decimal(0),
            output_field=MONEY,
        )
        for name, age in {"open_amount": Q(), **ages}.items()
    }
    oldest = Subquery(of_contract.annotate(o=Min("service_on")).values("o"))
    over = charges.filter(not_billable_reason__in=OVER, contract=OuterRef("pk"))
    kept_back = Subquery(over.order_by().values("contract").annotate(s=Sum("amount")).values("s"))
    listed = Exists(open_ones.filter(contract=OuterRef("pk"))) | Exists(over)
    contracts = Contract.objects.filter(listed).select_related("customer", "legal_entity")
    return contracts.annotate(oldest=oldest, kept_back=kept_back, **sums)
