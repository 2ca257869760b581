"""Links for clients: unguessable, once, for a while; what is kept of an answer."""

import hashlib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from core.actors import Actor
from core.errors import Invalid, Refusal
from core.models import Event
from projects.actions.deciding import Decision
from projects.actions.links import (
    LinkClosed,
    LinkUnknown,
    ShownChanged,
    create_link,
    link_of,
    revoke_link,
    shown_sha256,
    statement_of,
)
from projects.actions.signing import Visitor, answer_by_link
from projects.actions.uploads import Upload
from projects.models import Milestone, SignOff, SignOffLink
from projects.policies import NotCompleted, NotYourProject
from tests.contracts.builders import told
from tests.personas import person
from tests.projects.builders import manager_of, planner
from tests.projects.fixed_fees import NOW, PDF, delivered, signed, waiting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files")]

CLIENT = Actor.system("client_link")
LATER = NOW + timedelta(days=14)


def linked(milestone: Milestone | None = None, **fields: Any) -> SignOffLink:
    given: dict[str, Any] = {"expires_at": LATER, "now": NOW, "recipient": "Grace Hopper", **fields}
    return create_link((milestone or waiting()).pk, actor=planner(), **given)


def answer(secret: str, kind: str = "accepted", now: datetime = NOW, **fields: Any) -> SignOff:
    decision = Decision(kind, "Grace Hopper", **fields)
    visitor = Visitor("203.0.113.9", "Mozilla/5.0 " + "x" * 400)
    return answer_by_link(secret, decision=decision, visitor=visitor, now=now, actor=CLIENT)


def state() -> list[Any]:
    return [
        list(Milestone.objects.values()),
        list(SignOff.objects.values()),
        list(SignOffLink.objects.values()),
        Event.objects.count(),
    ]


def test_a_link_is_unguessable_its_secret_is_not_stored_and_can_be_copied_again() -> None:
    link = linked()
    stored = SignOffLink.objects.get()
    assert len(link.secret) == 43
    assert link.secret not in str(SignOffLink.objects.values().get())
    assert (stored.secret, stored.is_known, link_of(link.secret)) == (link.secret, True, stored)


def test_a_secret_of_another_installation_is_not_shown(settings: Any) -> None:
    secret = linked().secret
    settings.SECRET_KEY = "another key"
    assert not SignOffLink.objects.get().is_known
    assert link_of(secret) == SignOffLink.objects.get()


def test_an_answer_keeps_name_time_address_and_hash_of_the_document() -> None:
    milestone = waiting({"amount": Decimal("100000")})
    link = linked(milestone, document=Upload("report.pdf", PDF))
    made = answer(link.secret, "partial", percent=Decimal(60))
    kept = SignOff.objects.get()
    assert kept == made
    facts = (kept.how, kept.signer, kept.signed_at, kept.signed_on, kept.address, kept.user_agent)
    agent = ("Mozilla/5.0 " + "x" * 400)[:300]
    assert facts == ("client_link", "Grace Hopper", NOW, date(2026, 11, 20), "203.0.113.9", agent)
    assert (kept.percent, kept.document_sha256) == (Decimal(60), hashlib.sha256(PDF).hexdigest())
    assert (kept.link, SignOffLink.objects.get().used_at) == (link, NOW)
    assert [kind for kind, _ in told()][-2:] == ["milestone.link_created", "milestone.signed_off"]


def test_without_a_document_the_hash_is_that_of_the_words_the_client_read() -> None:
    milestone = waiting({"amount": Decimal("100000"), "name": "Go live"})
    link = linked(milestone)
    words = statement_of(link, date(2026, 11, 20))
    contract = milestone.contract
    assert words == (
        f"{contract.code} {contract.name}. {milestone.code} Go live: 100 % to be accepted, £100,000.00."
    )
    assert answer(link.secret).document_sha256 == hashlib.sha256(words.encode()).hexdigest()
    bare = linked(waiting({"name": "Go live"}), shows_amount=False)
    assert "£" not in statement_of(bare, date(2026, 11, 20))


def test_an_answer_to_something_else_than_is_shown_now_is_refused() -> None:
    milestone = waiting({"amount": Decimal("100000")})
    link = linked(milestone)
    read = shown_sha256(link, date(2026, 11, 20))
    signed(milestone, "60")
    before = state()
    decision = Decision("accepted", "Grace Hopper")
    with pytest.raises(ShownChanged, match="has changed since you opened the page"):
        answer_by_link(link.secret, decision=decision, visitor=Visitor(), now=NOW, actor=CLIENT, shown=read)
    assert state() == before


def test_the_day_of_an_answer_is_that_of_the_legal_entity() -> None:
    milestone = waiting()
    entity = milestone.project.legal_entity
    entity.time_zone = "Asia/Tokyo"
    entity.save()
    late = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
    assert answer(linked(milestone).secret, now=late).signed_on == date(2026, 11, 21)


def used(link: SignOffLink) -> None:
    answer(link.secret, "partial", percent=Decimal(10))


def revoked(link: SignOffLink) -> None:
    revoke_link(link.pk, now=NOW, actor=planner())


def expired(link: SignOffLink) -> None:
    SignOffLink.objects.filter(pk=link.pk).update(expires_at=NOW)


def decided(link: SignOffLink) -> None:
    signed(link.milestone)


@pytest.mark.parametrize(
    ("closed", "sentence"),
    [
        (used, "This link was answered on 20 Nov 2026: it counts once."),
        (revoked, "This link was withdrawn on 20 Nov 2026. Ask"),
        (expired, "This link expired on 20 Nov 2026. Ask"),
        (decided, "does not wait for a decision any more."),
    ],
)
def test_a_link_that_is_over_says_so_and_changes_nothing(closed: Any, sentence: str) -> None:
    link = linked()
    closed(link)
    before = state()
    with pytest.raises(LinkClosed) as refusal:
        answer(link.secret)
    assert sentence in refusal.value.sentence
    assert (state(), refusal.value.status) == (before, 410)


def test_an_unknown_secret_is_not_found() -> None:
    linked()
    with pytest.raises(LinkUnknown):
        answer("A" * 43)


@pytest.mark.parametrize("expires", [NOW, NOW + timedelta(days=91)])
def test_a_link_ends_ahead_and_within_ninety_days(expires: datetime) -> None:
    milestone = waiting()
    before = state()
    with pytest.raises(Invalid, match="within 90 days"):
        linked(milestone, expires_at=expires)
    assert state() == before


def test_only_who_manages_the_project_hands_out_and_takes_back_links() -> None:
    milestone = waiting()
    manager, stranger = Actor.of(manager_of(milestone.project)), Actor.of(person("project_manager"))
    link = create_link(milestone.pk, expires_at=LATER, now=NOW, actor=manager)
    before = state()
    refused: list[Any] = [
        lambda: create_link(milestone.pk, expires_at=LATER, now=NOW, actor=stranger),
        lambda: revoke_link(link.pk, now=NOW, actor=stranger),
    ]
    for act in refused:
        with pytest.raises(NotYourProject):
            act()
    assert state() == before
    revoke_link(link.pk, now=NOW, actor=manager)
    revoke_link(link.pk, now=NOW, actor=manager)
    assert [kind for kind, _ in told("milestone.link_revoked")] == ["milestone.link_revoked"]


def test_what_is_answered_stays_and_what_is_not_completed_has_no_link() -> None:
    link = linked()
    answer(link.secret)
    refused: list[tuple[type[Refusal], Any]] = [
        (LinkClosed, lambda: revoke_link(link.pk, now=NOW, actor=planner())),
        (NotCompleted, lambda: linked(delivered().milestones.get())),
    ]
    for error, act in refused:
        with pytest.raises(error):
            act()
    assert SignOffLink.objects.get().revoked_at is None
