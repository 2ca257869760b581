"""Questions about reconciliation: runs, breaks, and what stands on both sides."""

from datetime import date
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum

from billing.models import Proposal
from billing.states import ProposalStatus
from core.access import scoped
from core.models import LegalEntity, User
from integrations.matching.invoices import following
from integrations.models import Break, ReconciliationRun, Route

RECENT = 5


def visible_runs(user: User) -> QuerySet[ReconciliationRun]:
    """Return the comparisons of legal entities the user may see."""
    return scoped(ReconciliationRun.objects.all(), user, "reconciliation.view", "legal_entity")


def visible_breaks(user: User) -> QuerySet[Break]:
    """Return the breaks of legal entities the user may see."""
    return scoped(Break.objects.all(), user, "reconciliation.view", "legal_entity")


def requested_runs() -> QuerySet[ReconciliationRun]:
    """Return the comparisons that were asked for and not carried out yet, oldest first."""
    return ReconciliationRun.objects.filter(completed_at=None, error="").order_by("started_at")


def released_numbers(run: ReconciliationRun) -> QuerySet[Proposal, str]:
    """Return the legal numbers under which billing knows the month's documents."""
    posted = Proposal.objects.filter(
        legal_entity=run.legal_entity,
        status=ProposalStatus.POSTED,
        document_date__gte=run.month,
        document_date__lt=following(run.month),
    )
    return posted.exclude(erp_number="").values_list("erp_number", flat=True)


def due_comparisons(today: date) -> set[tuple[Route, date]]:
    """Return the routes and months to compare by schedule: this month, the last, and months with breaks."""
    this = today.replace(day=1)
    last = date(this.year - (this.month == 1), (this.month - 2) % 12 + 1, 1)
    due = set()
    for route in Route.objects.select_related("system", "legal_entity"):
        live = Break.objects.filter(system=route.system, legal_entity=route.legal_entity).exclude(
            state="matched"
        )
        due |= {(route, month) for month in {this, last, *live.values_list("month", flat=True).distinct()}}
    return due


def runs_of_month(
    entity: LegalEntity, month: date
) -> tuple[ReconciliationRun | None, ReconciliationRun | None]:
    """Return the last finished comparison of a month, and a later one that is on its way or failed."""
    runs = ReconciliationRun.objects.select_related("system", "legal_entity", "signed_off_by").filter(
        legal_entity=entity, month=month, kind="invoices"
    )
    newest = list(runs.order_by("-started_at")[:RECENT])
    finished = next((run for run in newest if run.completed_at), None)
    if finished is None and len(newest) == RECENT:
        finished = runs.filter(completed_at__isnull=False).order_by("-started_at").first()
    attempt = newest[0] if newest and not newest[0].completed_at else None
    return finished, attempt


def unsettled(run: ReconciliationRun) -> QuerySet[Break]:
    """Return the breaks of the run's month, in every currency, that keep it from being signed off."""
    return Break.objects.filter(
        system=run.system_id,
        legal_entity=run.legal_entity_id,
        month=run.month,
        state__in=("open", "proposed"),
    )


def months_with_breaks(user: User) -> list[tuple[str, date, int]]:
    """Return legal entity, month and number of the open breaks the user may see, most breaks first."""
    rows = open_breaks(user).order_by().values_list("legal_entity__code", "month").annotate(left=Count("pk"))
    return list(rows.order_by("-left", "legal_entity__code", "-month"))


def explained_differences(run: ReconciliationRun) -> dict[str, tuple[int, Decimal]]:
    """Return per currency how many differences of the run's month are explained, and their net sum."""
    rows = Break.objects.filter(
        system=run.system_id, legal_entity=run.legal_entity_id, month=run.month, state="explained"
    )
    sums = rows.order_by("currency").values_list("currency").annotate(Count("pk"), Sum("difference"))
    return {currency: (count, net) for currency, count, net in sums}


def visible_routes(user: User) -> QuerySet[Route]:
    """Return the routes of legal entities whose reconciliation the user may see."""
    routes = Route.objects.select_related("legal_entity", "system").order_by("legal_entity__code")
    return scoped(routes, user, "reconciliation.view", "legal_entity")


def open_breaks(user: User) -> QuerySet[Break]:
    """Return the breaks that wait for somebody."""
    return visible_breaks(user).filter(state__in=("open", "proposed"))
