"""Fixed-fee agreements with running projects, for tests of milestones."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from contracts.models import Contract, MilestoneTerm
from core.actors import Actor
from core.models import User
from projects.actions.deciding import Decision
from projects.actions.milestones import complete_milestone
from projects.actions.projects import activate_project
from projects.actions.signing import sign_off_milestone
from projects.actions.uploads import Upload
from projects.models import Milestone, Project, SignOff
from tests.factories import (
    ContractFactory,
    ContractLineFactory,
    ContractVersionFactory,
    MilestoneTermFactory,
    PayerFactory,
)
from tests.personas import person
from tests.projects.builders import planned, planner

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
PDF = b"%PDF-1.7\nsigned\n%%EOF\n"


def fixed_fee(*terms: dict[str, Any], contract: dict[str, Any] | None = None, **line: Any) -> Contract:
    """Return an active contract with one line `fee` of the milestones described."""
    agreed: Contract = ContractFactory.create(**(contract or {}))
    version = ContractVersionFactory.create(contract=agreed)
    fee = ContractLineFactory.create(
        contract_version=version, key="fee", name="Platform", billing_method="milestones", **line
    )
    for position, term in enumerate(terms or [{}], start=1):
        MilestoneTermFactory.create(
            line=fee, position=position, **{"key": f"m{position}", "name": f"Part {position}", **term}
        )
    PayerFactory.create(contract_version=version)
    return agreed


def amend_fee(contract: Contract, since: date, *terms: dict[str, Any], approved_at: datetime) -> None:
    """Approve a further version of such a contract at a moment."""
    version = ContractVersionFactory.create(
        contract=contract,
        number=contract.versions.count() + 1,
        effective_from=since,
        approved_at=approved_at,
    )
    fee = ContractLineFactory.create(
        contract_version=version, key="fee", name="Platform", billing_method="milestones"
    )
    for position, term in enumerate(terms, start=1):
        MilestoneTermFactory.create(
            line=fee, position=position, **{"key": f"m{position}", "name": f"Part {position}", **term}
        )
    account = contract.versions.get(number=1).payers.get().billing_account
    PayerFactory.create(contract_version=version, billing_account=account)


def delivered(contract: Contract | None = None) -> Project:
    """Return a project of the contract that is active, with its milestones planned."""
    return activate_project(planned(contract or fixed_fee()).pk, actor=planner())


def done(milestone: Milestone, on: date = date(2026, 11, 2), by: Actor | None = None) -> Milestone:
    """Complete a milestone."""
    return complete_milestone(milestone.pk, on=on, today=TODAY, actor=by or planner())


def waiting(*terms: dict[str, Any], on: date = date(2026, 11, 2), **line: Any) -> Milestone:
    """Return a completed milestone of a contract of its own."""
    return done(delivered(fixed_fee(*terms, **line)).milestones.earliest("code"), on)


def signer() -> User:
    """Return somebody who records sign-offs."""
    return person("pmo")


def signed(
    milestone: Milestone,
    percent: str = "",
    *,
    kind: str = "",
    on: date = date(2026, 11, 4),
    now: datetime = NOW,
    by: User | None = None,
) -> SignOff:
    """Record a decision as staff do: in full, or a part of so many percent."""
    decision = Decision(
        kind or ("partial" if percent else "accepted"),
        "Grace Hopper",
        percent=Decimal(percent) if percent else None,
        comment="Not yet" if kind == "rejected" else "",
    )
    upload = Upload("acceptance.pdf", PDF)
    return sign_off_milestone(
        milestone.pk, decision=decision, document=upload, on=on, now=now, actor=Actor.of(by or signer())
    )


def term_of(milestone: Milestone) -> MilestoneTerm:
    """Return the only stored term of a milestone."""
    return MilestoneTerm.objects.get(
        line__contract_version__contract=milestone.contract_id, key=milestone.term_key
    )
