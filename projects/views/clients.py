"""The page at which a client decides about a milestone, without an account."""

import time
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from core.actors import Actor
from core.attachments import as_download
from core.errors import NotFound, Refusal
from core.presentation.asking import show_refusal
from projects.actions.links import check_open, link_of, outcome_of, shown_sha256, statement_of
from projects.actions.signing import Visitor, answer_by_link
from projects.forms.milestones import ClientForm
from projects.models import SignOff, SignOffLink

TEMPLATE = "projects/sign_off.html"
WINDOW, MOST = 60, 30


class TooMany(Refusal):
    """One address asks more often than a person would."""

    code = "too_many_requests"
    status = 429


@require_http_methods(["GET", "POST"])
def client_sign_off(request: HttpRequest, secret: str) -> HttpResponse:
    """Show what is to be decided, or take the decision; a link that is over says so in a sentence."""
    try:
        _count(request)
        link = link_of(secret)
        if link.used_at is None:
            check_open(link, timezone.now())
    except Refusal as refusal:
        return _private(render(request, TEMPLATE, {"sentence": refusal.sentence}, status=refusal.status))
    if link.used_at is not None:
        return _thanks(request, link, SignOff.objects.get(link=link))
    current = shown_sha256(link, _today(link))
    form = ClientForm(request.POST or None, initial={"shown": current})
    if request.method == "POST" and form.is_valid() and (made := _decided(request, secret, form)):
        return _thanks(request, link, made)
    status = 422 if form.is_bound else 200
    context = {**_shown(link), "form": form, "shown": current}
    return _private(render(request, TEMPLATE, context, status=status))


@require_GET
def client_document(request: HttpRequest, secret: str) -> HttpResponseBase:
    """Hand out the document that the client is asked to sign for, while the link is open."""
    _count(request)
    link = link_of(secret)
    check_open(link, timezone.now())
    if link.document is None:
        raise NotFound("There is no document behind this link.")
    return as_download(link.document)


def _decided(request: HttpRequest, secret: str, form: ClientForm) -> SignOff | None:
    """Take the decision; a refusal shows on the form."""
    visitor = Visitor(request.META.get("REMOTE_ADDR"), request.headers.get("User-Agent", ""))
    try:
        return answer_by_link(
            secret,
            decision=form.said(),
            visitor=visitor,
            now=timezone.now(),
            actor=Actor.system("client_link"),
            shown=form.cleaned_data["shown"],
        )
    except Refusal as refusal:
        show_refusal(form, refusal)
        return None


def _thanks(request: HttpRequest, link: SignOffLink, made: SignOff) -> HttpResponse:
    context = {"link": link, "made": made, "outcome": outcome_of(link, made)}
    return _private(render(request, TEMPLATE, context))


def _shown(link: SignOffLink) -> dict[str, Any]:
    return {"link": link, "statement": statement_of(link, _today(link))}


def _today(link: SignOffLink) -> date:
    return timezone.localdate(timezone=ZoneInfo(link.milestone.project.legal_entity.time_zone))


def _count(request: HttpRequest) -> None:
    """Refuse an address that asks more often than a person would: nobody tries secrets here."""
    counter = f"client:{request.META.get('REMOTE_ADDR', '')}:{int(time.time()) // WINDOW}"
    cache.add(counter, 0, WINDOW + 1)
    if cache.incr(counter) > MOST:
        raise TooMany("That was a lot at once: wait a minute and open the address again.")


def _private(answer: HttpResponse) -> HttpResponse:
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer
