"""Addresses of billing's pages."""

from django.urls import path

from billing.views import charges, decisions, proposals, rates, runs, selected, unbilled

urlpatterns = [
    path("billing/runs/", runs.runs, name="billing_runs"),
    path("billing/runs/new/", runs.new_run, name="billing_run_new"),
    path("billing/runs/<str:number>/", runs.run, name="billing_run"),
    path("billing/runs/<str:number>/progress/", runs.run_progress, name="billing_run_progress"),
    path("billing/runs/<str:number>/start/", runs.start, name="billing_run_start"),
    path("billing/runs/<str:number>/cancel/", runs.cancel, name="billing_run_cancel"),
    path("billing/runs/<str:number>/release/", selected.release, name="billing_run_release"),
    path(
        "billing/runs/<str:number>/submit/",
        selected.take_step,
        {"step": "submit"},
        name="billing_run_submit",
    ),
    path(
        "billing/runs/<str:number>/approve/",
        selected.take_step,
        {"step": "approve"},
        name="billing_run_approve",
    ),
    path("billing/proposals/", proposals.proposals, name="proposals"),
    path(
        "billing/proposals/submit/",
        selected.take_step_in_register,
        {"step": "submit"},
        name="proposals_submit",
    ),
    path(
        "billing/proposals/approve/",
        selected.take_step_in_register,
        {"step": "approve"},
        name="proposals_approve",
    ),
    path("billing/proposals/<str:number>/", proposals.proposal, name="proposal"),
    path("billing/proposals/<str:number>/<slug:verb>/", proposals.decide, name="proposal_decide"),
    path("billing/unbilled/", unbilled.unbilled, name="unbilled"),
    path("billing/charges/", charges.charges, name="charges"),
    path("billing/charges/<uuid:pk>/", charges.charge, name="charge"),
    path("billing/charges/<uuid:pk>/hold/", charges.hold, name="charge_hold"),
    path("billing/charges/<uuid:pk>/unhold/", charges.unhold, name="charge_unhold"),
    path("billing/charges/<uuid:pk>/adjust/", charges.adjust, name="charge_adjust"),
    path("billing/decisions/", decisions.decisions, name="decisions"),
    path("billing/decisions/approve/", decisions.approve, name="decisions_approve"),
    path("billing/decisions/reject/", decisions.reject, name="decisions_reject"),
    path("rates/which/", rates.which, name="which_rate"),
]
