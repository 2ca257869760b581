"""Half a year of one fixed fee: accepted in part, amended, rejected once, finished, billed with a licence."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing.models import Charge, Proposal
from contracts.actions.contracts import create_contract
from contracts.actions.fixed_fees import InstalmentTerms, MilestoneTerms
from contracts.actions.terms import LineTerms, PayerTerms
from contracts.actions.versions import approve_version, draft_version, submit_version
from contracts.models import Contract
from core.actors import Actor
from core.models import ExceptionItem, Role
from core.reactions import run_reactions
from projects.actions.deciding import Decision
from projects.actions.follow_up import note_unsigned
from projects.actions.links import create_link
from projects.actions.milestones import complete_milestone
from projects.actions.projects import activate_project, create_project
from projects.actions.signing import sign_off_milestone
from projects.actions.uploads import Upload
from projects.models import Milestone, Project
from reporting.invariants import offenders
from tests import factories
from tests.billing.documents import post, run_to, tax_rule
from tests.personas import person
from tests.projects.fixed_fees import PDF

pytestmark = pytest.mark.django_db

D = Decimal
TODAY = date(2026, 6, 30)


class Story:
    """The people, the contract and its project, each step as somebody does it."""

    def __init__(self) -> None:
        self.finance, self.lead = Actor.of(person(Role.FINANCE)), Actor.of(person(Role.FINANCE_LEAD))
        self.manager, self.pmo = Actor.of(person(Role.PMO)), Actor.of(person(Role.PMO))
        self.service_line = factories.ServiceLineFactory.create()
        self.contract = self._agreed()
        self.project = self._running()

    @property
    def milestone(self) -> Milestone:
        """Return the milestone as it is now."""
        return self.project.milestones.get()

    def lines(self, worth: str) -> list[LineTerms]:
        """Return the terms: one milestone of this worth, and a licence in two instalments."""
        golive = MilestoneTerms("golive", "Go-live", D(worth), date(2026, 4, 30))
        halves = tuple(InstalmentTerms(f"i{n}", date(2026, 3 * n, 1), D("600")) for n in (1, 2))
        return [
            LineTerms("build", "Build", "advisory", "milestones", amount=D(worth), milestones=(golive,)),
            LineTerms("licence", "Licence", "advisory", "instalments", amount=D(1200), instalments=halves),
        ]

    def amend(self, worth: str) -> None:
        """Agree on another worth of the milestone from the beginning on."""
        version = draft_version(
            self.contract.pk, effective_from=date(2026, 1, 1), lines=self.lines(worth), actor=self.finance
        )
        submit_version(version.pk, actor=self.finance)
        approve_version(version.pk, actor=self.lead)
        self.settle()

    def complete(self, on: date) -> None:
        """Let the manager say that it is done."""
        complete_milestone(self.milestone.pk, on=on, today=TODAY, actor=self.manager)

    def client_says(self, **said: str) -> int:
        """Let the client answer through a link of their own."""
        now = timezone.now()
        link = create_link(self.milestone.pk, expires_at=now + timedelta(days=9), now=now, actor=self.manager)
        client, address = Client(), reverse("client_sign_off", args=[link.secret])
        shown = client.get(address).context["shown"]
        answer = client.post(address, {"signer": "Grace Hopper", "shown": shown, **said})
        self.settle()
        return answer.status_code

    def staff_says(self, on: date, now: datetime) -> None:
        """Let the PMO record the signed document."""
        decision, paper = Decision("accepted", "Grace Hopper"), Upload("signed.pdf", PDF)
        sign_off_milestone(
            self.milestone.pk, decision=decision, document=paper, on=on, now=now, actor=self.pmo
        )
        self.settle()

    def bill(self, cut_off: date) -> list[tuple[str, Decimal]]:
        """Post what is open up to a day, and return the lines of the documents."""
        run = run_to(self.contract, cut_off, self.finance)
        proposals: list[Proposal] = list(run.proposals.order_by("number"))
        post(proposals, self.finance, self.lead)
        self.settle()
        return [(line.description, line.net) for one in proposals for line in one.lines.order_by("position")]

    def settle(self) -> None:
        """Let everything that reacts do so; nothing may be out of balance afterwards."""
        run_reactions()
        assert offenders() == {}

    def _agreed(self) -> Contract:
        account = factories.BillingAccountFactory.create()
        contract = create_contract(
            name="Platform",
            customer_id=account.customer_id,
            legal_entity_id=factories.LegalEntityFactory.create().pk,
            currency_id="GBP",
            effective_from=date(2026, 1, 1),
            lines=self.lines("100000"),
            payers=[PayerTerms(account.code)],
            actor=self.finance,
        )
        tax_rule(contract)
        version = contract.versions.get()
        submit_version(version.pk, actor=self.finance)
        return approve_version(version.pk, actor=self.lead).contract

    def _running(self) -> Project:
        fields: dict[str, Any] = {"name": "Platform", "starts_on": date(2026, 1, 1)}
        project = create_project(
            self.contract.pk,
            manager_id=factories.WorkerFactory.create().pk,
            service_line_id=self.service_line.pk,
            actor=self.manager,
            **fields,
        )
        activate_project(project.pk, actor=self.manager)
        self.settle()
        return project


@pytest.fixture
def story(files: Path) -> Iterator[Story]:
    yield Story()


def test_parts_keep_their_terms_and_instalments_fall_due(story: Story) -> None:
    assert story.bill(date(2026, 6, 30)) == [
        ("Licence, instalment due 1 Mar 2026", D("600.00")),
        ("Licence, instalment due 1 Jun 2026", D("600.00")),
    ]
    story.complete(date(2026, 5, 4))
    note_unsigned(on=TODAY, actor=Actor.system("milestones"))
    waiting = ExceptionItem.objects.get(code="milestone_unsigned")
    assert (waiting.money_at_risk, waiting.state) == (D("100000.0000"), "open")

    assert story.client_says(decision="partial", percent="60") == 200
    assert story.client_says(decision="rejected", comment="Reports are missing") == 200
    waiting.refresh_from_db()
    assert (story.milestone.status, waiting.state) == ("in_progress", "resolved")

    story.amend("120000")
    story.complete(date(2026, 6, 20))
    now = timezone.now()
    story.staff_says(now.date(), now)
    assert story.milestone.status == "signed_off"
    assert story.bill(now.date()) == [
        ("Go-live, 60 % accepted", D("60000.00")),
        ("Go-live, 40 % accepted", D("48000.00")),
    ]
    billed = Charge.objects.filter(contract=story.contract, fixed_at__isnull=False)
    assert sum(charge.amount for charge in billed) == D("109200.00")
    assert not Charge.objects.filter(contract=story.contract, fixed_at=None).exists()


def test_a_document_signed_before_the_amendment_keeps_the_terms_of_its_day(story: Story) -> None:
    story.complete(date(2026, 5, 4))
    story.contract.versions.update(approved_at=datetime(2026, 1, 2, tzinfo=UTC))
    story.amend("120000")
    story.staff_says(date(2026, 5, 6), timezone.now())
    assert story.bill(date(2026, 5, 31))[-1] == ("Go-live", D("100000.00"))
