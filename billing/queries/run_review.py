"""A billing run as its reviewers see it: stages, money per state, proposals, and the next step."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, DateField, Func, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from billing.models import BillingRun, Proposal
from billing.queries.addresses import contract_address, proposals_address, run_address
from billing.queries.next_step import NextStep, next_step
from billing.queries.proposal_review import ProposalReview, proposal_review, reviewed
from billing.queries.registers import MONEY
from billing.queries.standing import GROUPS, NEEDS_ATTENTION, Standing, findings_of, standings
from billing.queries.totals import Totals
from billing.states import ProposalStatus, RunStatus
from core.models import User
from core.presentation.formats import number
from core.presentation.parts import Kpi, Link, Step
from core.presentation.vocabulary import word

STAGES = ("Collect", "Rate", "Check", "Review", "Approve", "Post to ERP")
MOST_ROWS = 200
TONES = {"ready": "ok", NEEDS_ATTENTION: "warn", "on_hold": "hold", "posted": "ok"}


@dataclass(frozen=True)
class ProposalRow:
    """A proposal in the list; a tick selects it for the run's next step."""

    pk: str
    code: str
    customer: str
    amount: Decimal
    currency: str
    tag: tuple[str, str]
    href: str
    current: bool
    selectable: bool
    selected: bool


@dataclass(frozen=True)
class ProposalGroup:
    """Proposals that stand alike; `more` counts those beyond what the page lists."""

    key: str
    label: str
    totals: Totals
    proposals: tuple[ProposalRow, ...]
    more: int = 0
    more_href: str = ""


@dataclass(frozen=True)
class KeptOut:
    """A contract the run could not propose, with the reason."""

    contract: str
    sentence: str
    link: Link


@dataclass(frozen=True)
class RunReview:
    """Everything the page of a run shows; `opened` is the review of the current proposal."""

    run: BillingRun
    steps: tuple[Step, ...]
    kpis: tuple[Kpi, ...]
    groups: tuple[ProposalGroup, ...]
    kept_out: tuple[KeptOut, ...]
    step: NextStep
    opened: ProposalReview | None
    pulse: str

    @property
    def running(self) -> bool:
        return self.run.status == RunStatus.RUNNING


def with_neighbours(runs: QuerySet[BillingRun]) -> QuerySet[Any]:
    """Read with runs how many contracts they left out, and what their entity proposed the month before."""
    before = Proposal.objects.filter(
        legal_entity=OuterRef("legal_entity"),
        document_date__gte=_MonthStart(OuterRef("document_date"), back="1 month"),
        document_date__lt=_MonthStart(OuterRef("document_date"), back="0 months"),
    ).exclude(status=ProposalStatus.DISCARDED)
    total = before.order_by().values("legal_entity").annotate(net=Sum("net_base")).values("net")
    return runs.select_related("legal_entity", "prepared_by").annotate(
        left_out=Count("failures"), last_month=Coalesce(Subquery(total), Decimal(0), output_field=MONEY)
    )


class _MonthStart(Func):
    """The first day of a date's month, or of one before."""

    template = "(date_trunc('month', %(expressions)s) - interval '%(back)s')::date"
    output_field = DateField()


def review_of(
    run: Any, user: User, *, item: str = "", doing: str = "", opened: Collection[str] = ()
) -> RunReview:
    """Return a run of `with_neighbours` for this person.

    `item` is the opened proposal, with the lines at the `opened` positions unfolded; `doing` is the step
    they chose.
    """
    proposals = list(reviewed(run.proposals.all()).order_by("number"))
    findings = findings_of(proposals)
    stand = standings(proposals, findings)
    step = next_step(run, proposals, stand, user, doing)
    ordered = sorted(proposals, key=lambda one: GROUPS.index(stand[one.pk].group))
    live = [one for one in ordered if one.status != ProposalStatus.DISCARDED]
    current = next((one for one in ordered if one.number == item), live[0] if live else None)
    address = f"{run_address(run)}?item={current.number}{step.parameter}" if current else ""
    return RunReview(
        run=run,
        steps=steps_of(run, live),
        kpis=kpis_of(run, live, stand),
        groups=tuple(
            _group(run, key, [one for one in ordered if stand[one.pk].group == key], stand, step, current)
            for key in GROUPS
            if any(one.group == key for one in stand.values())
        ),
        kept_out=_kept_out(run) if run.left_out else (),
        step=step,
        opened=proposal_review(current, user, findings=findings, opened=opened, address=address)
        if current
        else None,
        pulse=pulse_of(run, sum(one.status == ProposalStatus.RELEASING for one in live)),
    )


def pulse_of(run: BillingRun, posting: int) -> str:
    """Return what moves without the reader, contracts done and documents on their way; else nothing."""
    if run.status != RunStatus.RUNNING and not posting:
        return ""
    return f"{run.status}-{run.contracts_done}-{posting}"


def steps_of(run: BillingRun, live: Sequence[Proposal]) -> tuple[Step, ...]:
    """Return the six stages of a run, the current one marked."""
    at = _stage(run, live)
    failed = run.status == RunStatus.CANCELLED
    return tuple(
        Step(
            label, "done" if place < at else ("failed" if failed else "current") if place == at else "waiting"
        )
        for place, label in enumerate(STAGES)
    )


def _stage(run: BillingRun, live: Sequence[Proposal]) -> int:
    if run.status in {RunStatus.DRAFT, RunStatus.CANCELLED}:
        return 0
    if run.status == RunStatus.RUNNING:
        return 2
    states = {one.status for one in live}
    if ProposalStatus.DRAFT in states or not live:
        return 3
    if ProposalStatus.IN_REVIEW in states:
        return 4
    return 5 if states - {ProposalStatus.POSTED} else 6


def kpis_of(run: BillingRun, live: Sequence[Proposal], stand: Mapping[UUID, Standing]) -> tuple[Kpi, ...]:
    """Return the run's money: in all, per state, and against the month before."""
    base = run.legal_entity.base_currency_id
    whole = _totals(live, base)
    kpis = [whole.kpi("Net", href=proposals_address(run=run.number))]
    in_review = any(one.status == ProposalStatus.DRAFT for one in live)
    for key in GROUPS[:-1]:
        found = [one for one in live if stand[one.pk].group == key]
        if found or (in_review and key in GROUPS[:3]):
            label = word(key, "proposal").text
            kpis.append(
                _totals(found, base).kpi(label, tone=TONES.get(key, "") if found else "", href=f"#{key}")
            )
    return (*kpis, _against_last_month(run, whole))


def _totals(proposals: Sequence[Proposal], base: str) -> Totals:
    return Totals.of(((one.currency, one.net, one.net_base) for one in proposals), base)


def _against_last_month(run: Any, whole: Totals) -> Kpi:
    """Compare in base: the run with everything the entity proposed in the month before."""
    starts, ends = _month_before(run.document_date)
    total: Decimal = run.last_month
    difference = (whole.base or Decimal(0)) - total
    share = f"{number(round(difference / total * 100, 1), places=1, sign=True)}%" if total else "nothing then"
    href = proposals_address(legal_entity=run.legal_entity.code, dated_from=starts, dated_to=ends)
    label = f"Against {starts:%B}"
    return Kpi(label, difference, whole.base_currency, remark=share, signed=True, href=href)


def _month_before(day: date) -> tuple[date, date]:
    ends = day.replace(day=1) - timedelta(days=1)
    return ends.replace(day=1), ends


def _group(
    run: BillingRun,
    key: str,
    found: list[Proposal],
    stand: Mapping[UUID, Standing],
    step: NextStep,
    current: Proposal | None,
) -> ProposalGroup:
    more = len(found) - MOST_ROWS
    return ProposalGroup(
        key=key,
        label=word(key, "proposal").text,
        totals=_totals(found, run.legal_entity.base_currency_id),
        proposals=tuple(_row(run, one, stand[one.pk], step, current) for one in found[:MOST_ROWS]),
        more=max(more, 0),
        more_href=proposals_address(run=run.number) if more > 0 else "",
    )


def _row(
    run: BillingRun, proposal: Proposal, standing: Standing, step: NextStep, current: Proposal | None
) -> ProposalRow:
    return ProposalRow(
        pk=str(proposal.pk),
        code=proposal.number,
        customer=proposal.billing_account.customer.name,
        amount=proposal.net,
        currency=proposal.currency,
        tag=(standing.tag, standing.tone),
        href=f"{run_address(run)}?item={proposal.number}{step.parameter}",
        current=proposal == current,
        selectable=proposal.pk in step.possible,
        selected=proposal.pk in step.suggested,
    )


def _kept_out(run: BillingRun) -> tuple[KeptOut, ...]:
    failures = run.failures.select_related("contract").order_by("contract__code", "code")
    return tuple(
        KeptOut(
            failure.contract.code,
            failure.sentence,
            Link("Open the contract", contract_address(failure.contract.code)),
        )
        for failure in failures
    )
