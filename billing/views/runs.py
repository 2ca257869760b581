"""Pages of billing runs: the register, a new one with its preview, and the review."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseStopPolling

from billing.actions.runs import cancel_run, create_run, start_run
from billing.forms import ReasonForm, RunForm
from billing.queries.addresses import run_address
from billing.queries.registers import runs_with_figures
from billing.queries.run_preview import preview_run
from billing.queries.run_review import RunReview, pulse_of, review_of, with_neighbours
from billing.queries.visibility import visible_runs
from billing.states import ProposalStatus, RunStatus
from billing.tables import RUNS
from billing.views.answers import ask, done, posted, refused
from core.actors import Actor
from core.errors import Refusal
from core.pages import page, person_of
from core.permissions import holds
from core.presentation.asking import Done, lead_on
from core.presentation.changes import tell_change
from core.presentation.register import is_fragment, register_view, render_part

PARTS = {"run": "run", "review": "chosen", "paper": "paper"}


@page("run.view")
def runs(request: HttpRequest) -> HttpResponseBase:
    """List the billing runs."""
    user = person_of(request)
    rows = runs_with_figures(visible_runs(user))
    extra = {"may_prepare": holds(user, "billing.prepare")}
    return register_view(request, RUNS, rows, extra=extra)


@page("billing.prepare")
def new_run(request: HttpRequest) -> HttpResponse:
    """Ask for entity and dates, show what a run would do, and start it once it was previewed."""
    user = person_of(request)
    form = RunForm(posted(request), user=user)
    if request.method != "POST" or not form.is_valid():
        return _asked(request, form, {})
    said = form.cleaned_data
    entity, dates = said["legal_entity"], {name: said[name] for name in ("cut_off", "document_date")}
    if "start" in request.POST and said["previewed"] == form.asked:
        created = create_run(entity.pk, **dates, actor=Actor.of(user))
        run = start_run(created.pk, actor=Actor.of(user))
        return lead_on(request, Done(f"{run.number} started", run_address(run)))
    context = {"preview": preview_run(entity, **dates), "seen": form.asked, "again": "start" in request.POST}
    return _asked(request, form, context)


@page("run.view")
def run(request: HttpRequest, number: str) -> HttpResponse:
    """Show the review of a run, with one proposal open."""
    shown = _review(request, number)
    target = getattr(request.htmx, "target", "") or "" if is_fragment(request) else ""  # type: ignore[attr-defined]
    return render_part(request, "billing/run_detail.html", _context(request, shown), PARTS.get(target, "run"))


@page("run.view")
def run_progress(request: HttpRequest, number: str) -> HttpResponse:
    """Show how far the run has come; where more than figures changed, the page asks for itself anew."""
    found = get_object_or_404(visible_runs(person_of(request)), number=number)
    pulse = pulse_of(found, found.proposals.filter(status=ProposalStatus.RELEASING).count())
    if pulse and pulse == request.GET.get("seen"):
        return HttpResponse(status=204)
    if found.status == RunStatus.RUNNING:
        return render(request, "billing/run_detail.html#progress", {"review": _review(request, number)})
    return tell_change(HttpResponseStopPolling())


@require_POST
@page("billing.prepare")
def start(request: HttpRequest, number: str) -> HttpResponse:
    """Start a prepared run."""
    found = get_object_or_404(visible_runs(person_of(request)), number=number)
    started = start_run(found.pk, actor=Actor.of(person_of(request)))
    return done(request, f"{started.number} started", back=run_address(started))


@page("billing.prepare")
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    """Ask why, and give up a run that is not completed."""
    found = get_object_or_404(visible_runs(person_of(request)), number=number)
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            cancelled = cancel_run(found.pk, **form.cleaned_data, actor=Actor.of(person_of(request)))
            return done(request, f"{cancelled.number} cancelled", back=run_address(cancelled))
        except Refusal as refusal:
            refused(form, refusal)
    text = "Its drafts are discarded; their charges are open again for the next run."
    return ask(
        request, title=f"Cancel {number}", button="Cancel the run", form=form, text=text, tone="danger"
    )


def _review(request: HttpRequest, number: str) -> RunReview:
    user, asked = person_of(request), request.GET
    found = get_object_or_404(with_neighbours(visible_runs(user)), number=number)
    opened = [part for part in asked.get("open", "").split(",") if part]
    return review_of(found, user, item=asked.get("item", ""), doing=asked.get("do", ""), opened=opened)


def _context(request: HttpRequest, shown: RunReview) -> dict[str, object]:
    return {
        "review": shown,
        "opened": shown.opened,
        "address": request.get_full_path(),
        "fragment": is_fragment(request),
        "swapped": getattr(request.htmx, "target", "") == "review",  # type: ignore[attr-defined]
        "step_address": _step_address(shown),
        "may_prepare": holds(person_of(request), "billing.prepare", shown.run.legal_entity_id),
    }


def _step_address(shown: RunReview) -> str:
    step = shown.step
    if not step.key:
        return ""
    return reverse(f"billing_run_{step.key}", args=[shown.run.number]) + ("?do" if step.chosen else "")


def _asked(request: HttpRequest, form: RunForm, context: dict[str, object]) -> HttpResponse:
    status = 422 if form.is_bound and form.errors else 200
    context = {"form": form, "back": reverse("billing_runs"), **context}
    return render_part(request, "billing/run_new.html", context, "answer", status=status)
