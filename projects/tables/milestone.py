"""The milestone page: its terms, how it was decided about, links for the client, what may be done now."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.urls import reverse

from core.actors import Actor
from core.errors import Forbidden
from core.models import User
from core.permissions import holds
from core.presentation import formats
from core.presentation.parts import Activity, Button, Fact
from core.queries.activity import feed
from projects.models import SignOff, SignOffLink
from projects.policies import OVER, check_may_edit, check_may_sign
from projects.queries.milestones import activity_of_milestone
from projects.states import MilestoneStatus


@dataclass(frozen=True)
class ListedLink:
    """A link with its state and, while it counts, its address."""

    link: SignOffLink
    state: str
    address: str


@dataclass(frozen=True)
class MilestonePage:
    """What the page draws; the milestone comes with its terms of today."""

    milestone: Any
    user: User
    now: datetime
    host: str

    @property
    def name(self) -> str:
        """Return the name in the terms, else the key."""
        return str(self.milestone.name or self.milestone.term_key)

    @property
    def currency(self) -> str:
        return str(self.milestone.contract.currency_id)

    @property
    def facts(self) -> list[Fact]:
        """Return terms and state."""
        one = self.milestone
        facts = [
            Fact("Contract", str(one.contract), reverse("contract", args=[one.contract.code])),
            Fact("Project", str(one.project), reverse("project", args=[one.project.code])),
            Fact("Customer", one.contract.customer.name),
            Fact("Due", formats.day(one.due_on) if one.due_on else "No day agreed"),
            Fact("Progress", f"{formats.number(one.percent_complete)} %"),
            Fact("Accepted", f"{formats.number(one.accepted_percent)} %"),
        ]
        if one.completed_on:
            by = f"by {one.completed_by}" if one.completed_by else ""
            facts.append(Fact("Completed", formats.day(one.completed_on), quiet=by))
        return [*facts, *self._terms()]

    def _terms(self) -> list[Fact]:
        one = self.milestone
        if one.amount is None:
            return [Fact("Terms", "The terms in force do not have this milestone: nothing bills it.")]
        answer = f"Accepted after {one.deemed_after_days} days" if one.deemed_after_days else "Not accepted"
        return [
            Fact("Amount", formats.money(one.amount, self.currency)),
            Fact("Not accepted yet", formats.money(one.waiting_amount, self.currency)),
            Fact("Bills from", f"{formats.number(one.required_percent)} % of progress"),
            Fact("Without an answer", answer),
        ]

    @cached_property
    def sign_offs(self) -> list[SignOff]:
        """Return the decisions, newest first."""
        rows = self.milestone.sign_offs.select_related("document", "recorded_by")
        return list(rows.order_by("-number"))

    @cached_property
    def links(self) -> list[ListedLink]:
        """Return the links, newest first; addresses only for those who hand them out."""
        rows = self.milestone.links.select_related("document", "created_by").order_by("-created_at")
        return [self._listed(link) for link in rows]

    def _listed(self, link: SignOffLink) -> ListedLink:
        state = _state_of(link, self.now)
        shown = state == "open" and self.may_edit and link.is_known
        address = self.host + reverse("client_sign_off", args=[link.secret]) if shown else ""
        return ListedLink(link, state, address)

    @cached_property
    def may_edit(self) -> bool:
        """Say whether the person delivers the milestone."""
        try:
            check_may_edit(Actor.of(self.user), self.milestone.project)
        except Forbidden:
            return False
        return True

    @cached_property
    def buttons(self) -> list[Button]:
        """Return what the person may do with the milestone now, and why not where it cannot be done."""
        status = self.milestone.status
        open_project = self.milestone.project.status not in OVER
        if status == MilestoneStatus.COMPLETED:
            return [*self._link_button(), *self._sign_button()]
        if status == MilestoneStatus.SIGNED_OFF or not self.may_edit or not open_project:
            return []
        start = [self._button("start", "Start", "runs", dialog=True)] if status == "planned" else []
        return [
            *start,
            self._button("progress", "Report progress", "edit", dialog=True),
            self._button("complete", "Complete", "passed", primary=True, dialog=True),
        ]

    def _link_button(self) -> list[Button]:
        return [self._button("link", "Create a link for the client", "link")] if self.may_edit else []

    def _sign_button(self) -> list[Button]:
        if not holds(self.user, "milestone.sign", self.milestone.project.legal_entity_id):
            return []
        try:
            check_may_sign(Actor.of(self.user), self.milestone)
        except Forbidden as refusal:
            return [
                self._button("sign-off", "Record sign-off", "passed", primary=True, reason=refusal.sentence)
            ]
        return [self._button("sign-off", "Record sign-off", "passed", primary=True)]

    def _button(self, kind: str, label: str, icon: str, **more: Any) -> Button:
        return Button(label, reverse("milestone_act", args=[self.milestone.code, kind]), icon, **more)

    @cached_property
    def activity(self) -> list[Activity]:
        """Return what happened to the milestone, newest first."""
        return feed(activity_of_milestone(self.milestone), limit=20)


def _state_of(link: SignOffLink, now: datetime) -> str:
    if link.used_at is not None:
        return "used"
    if link.revoked_at is not None:
        return "revoked"
    return "expired" if now >= link.expires_at else "open"
