"""Fixed fees: milestones partly accepted or waiting for the client, and instalments by date."""

from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from config.demo.path.stage import Stage
from config.demo.path.waiting import settle_events
from contracts.actions.contracts import create_contract
from contracts.actions.fixed_fees import InstalmentTerms, MilestoneTerms
from contracts.actions.terms import LineTerms, PayerTerms
from contracts.actions.versions import approve_version, submit_version
from contracts.models import Contract, Customer, ServiceLine
from core.actors import Actor
from core.models import LegalEntity
from projects.actions.deciding import Decision
from projects.actions.follow_up import note_unsigned
from projects.actions.links import create_link
from projects.actions.milestones import complete_milestone, report_progress
from projects.actions.projects import activate_project, create_project
from projects.actions.signing import Visitor, answer_by_link, sign_off_milestone
from projects.actions.uploads import Upload
from projects.models import Milestone, Project, SignOffLink, Worker

ACCEPTED, WAITING, BY_DATE = "C-1091", "C-1092", "C-1093"
CLIENT = "Nora Whitfield"
_DAY = timedelta(days=1)
_PAPER = Upload(
    "acceptance.pdf", b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def agree(stage: Stage) -> None:
    """Agree three fixed fees, deliver what is due of them, and leave one with the client."""
    for code, build in ((ACCEPTED, _accepted), (WAITING, _waiting), (BY_DATE, _by_date)):
        if not Contract.objects.filter(code=code).exists():
            # All of it or nothing: a walk that was interrupted starts this contract again.
            with transaction.atomic():
                build(stage)
    settle_events()
    note_unsigned(on=stage.calendar.today, actor=Actor.system("milestones"))
    _tell(stage)


def open_link() -> SignOffLink | None:
    """Return the link that waits for the client's answer, if there still is one."""
    links = SignOffLink.objects.filter(used_at=None, revoked_at=None, expires_at__gt=timezone.now())
    return links.filter(milestone__contract__code=WAITING).order_by("created_at").first()


def _accepted(stage: Stage) -> None:
    """One milestone signed by document, one accepted in part through a link, one in progress."""
    parts = tuple(
        MilestoneTerms(key, name, due_on=_day(stage, days))
        for key, name, days in (
            ("concept", "Concept", -40),
            ("pilot", "Pilot", -8),
            ("rollout", "Rollout", 45),
        )
    )
    line = LineTerms(
        "relaunch", "Ticketing relaunch", "advisory", "milestones", amount=Decimal(100000), milestones=parts
    )
    project = _project(stage, ACCEPTED, "Ticketing relaunch", line)
    concept, pilot, rollout = project.milestones.order_by("code")
    _complete(stage, concept, -16)
    sign_off_milestone(
        concept.pk,
        decision=Decision("accepted", CLIENT),
        document=_PAPER,
        on=_day(stage, -14),
        now=timezone.now(),
        actor=stage.cast.pmo,
    )
    _complete(stage, pilot, -5)
    words = "Reports are still missing"
    answer_by_link(
        _link(stage, pilot).secret,
        decision=Decision("partial", CLIENT, words, Decimal(60)),
        visitor=Visitor("203.0.113.24", "Mozilla/5.0"),
        now=timezone.now(),
        actor=Actor.system("client_link"),
    )
    report_progress(rollout.pk, percent=Decimal(25), actor=stage.cast.project_manager)


def _waiting(stage: Stage) -> None:
    """A milestone that waits for its client longer than it should."""
    parts = (
        MilestoneTerms("golive", "Warehouse go-live", Decimal(42000), _day(stage, -14)),
        MilestoneTerms(
            "review", "Review after three months", Decimal(8000), _day(stage, 76), Decimal(100), 20
        ),
    )
    line = LineTerms(
        "warehouse", "Data warehouse", "advisory", "milestones", amount=Decimal(50000), milestones=parts
    )
    project = _project(stage, WAITING, "Data warehouse", line)
    golive = project.milestones.order_by("code")[0]
    _complete(stage, golive, -12)
    _link(stage, golive)


def _by_date(stage: Stage) -> None:
    """A licence in monthly instalments: some are due, some are to come."""
    month = stage.calendar.open_month
    parts = tuple(
        InstalmentTerms(f"i{number}", month.plus(number - 1).first, Decimal(4500)) for number in (1, 2, 3)
    )
    line = LineTerms(
        "licence", "Support licence", "advisory", "instalments", amount=Decimal(13500), instalments=parts
    )
    _project(stage, BY_DATE, "Support licence", line)


def _project(stage: Stage, code: str, name: str, line: LineTerms) -> Project:
    starts_on = stage.calendar.last_billed.first
    contract = create_contract(
        code=code,
        name=name,
        customer_id=Customer.objects.get(code="HALDEN").pk,
        legal_entity_id=LegalEntity.objects.get(code="UK").pk,
        currency_id="GBP",
        effective_from=starts_on,
        lines=[line],
        payers=[PayerTerms("HALDEN-01", purchase_order=f"45000{code[2:]}00")],
        actor=stage.cast.finance,
    )
    version = contract.versions.get()
    submit_version(version.pk, actor=stage.cast.finance)
    approve_version(version.pk, actor=stage.cast.finance_lead)
    project = create_project(
        contract.pk,
        code=code.replace("C-", "P-"),
        name=name,
        manager_id=Worker.objects.get(user=stage.cast.project_manager.user).pk,
        service_line_id=ServiceLine.objects.get(code="advisory").pk,
        starts_on=starts_on,
        actor=stage.cast.pmo,
    )
    return activate_project(project.pk, actor=stage.cast.pmo)


def _complete(stage: Stage, milestone: Milestone, days: int) -> None:
    complete_milestone(
        milestone.pk, on=_day(stage, days), today=stage.calendar.today, actor=stage.cast.project_manager
    )


def _link(stage: Stage, milestone: Milestone) -> SignOffLink:
    return create_link(
        milestone.pk,
        expires_at=timezone.now() + 30 * _DAY,
        now=timezone.now(),
        recipient=CLIENT,
        document=_PAPER,
        actor=stage.cast.project_manager,
    )


def _day(stage: Stage, days: int) -> date:
    return stage.calendar.today + days * _DAY


def _tell(stage: Stage) -> None:
    for milestone in Milestone.objects.order_by("code").prefetch_related("sign_offs"):
        accepted = sum((one.percent for one in milestone.sign_offs.all()), Decimal(0))
        stage.say(
            f"Milestone {milestone.code} {milestone.term_key}: {milestone.status}, {accepted:.0f} % accepted."
        )
