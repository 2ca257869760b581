"""The page that answers: which rate would the engine take."""

from django.http import HttpRequest, HttpResponse

from billing.forms import WhichRateForm
from billing.queries.which_rate import Question, which_rate
from contracts.queries import visible_contracts
from core.pages import page, person_of
from core.presentation.register import render_part
from projects.queries import visible_workers


@page("rate.view")
def which(request: HttpRequest) -> HttpResponse:
    """Ask for work and a day; answer by the engine's own rules, with every row that was looked at."""
    user = person_of(request)
    contracts, workers = visible_contracts(user), visible_workers(user)
    asked = bool(request.GET.get("contract"))
    form = WhichRateForm(request.GET if asked else None, contracts=contracts, workers=workers)
    answer = which_rate(_question(form)) if asked and form.is_valid() else None
    status = 422 if asked and answer is None else 200
    context = {"form": form, "answer": answer}
    return render_part(request, "rates/which.html", context, "answer", status=status)


def _question(form: WhichRateForm) -> Question:
    said = form.cleaned_data
    return Question(
        contract=said["contract"],
        on=said["on"],
        worker=said["worker"],
        role=said["role"].code if said["role"] else "",
        region=said["region"].code if said["region"] else "",
        work_type=said["work_type"],
    )
