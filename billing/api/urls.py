"""The app's REST resources: registered on the router of config.api, plus paths of its process verbs."""

from django.urls import URLPattern
from rest_framework.routers import SimpleRouter

from billing.api.charges import ChargeResource
from billing.api.decisions import AdjustmentResource, HoldResource
from billing.api.payments import PaymentResource
from billing.api.proposals import CreditNoteResource, ProposalResource
from billing.api.runs import RunResource

router = SimpleRouter(trailing_slash=False)
router.register("charges", ChargeResource, "charge")
router.register("holds", HoldResource, "hold")
router.register("adjustments", AdjustmentResource, "adjustment")
router.register("billing-runs", RunResource, "billing-run")
router.register("proposals", ProposalResource, "proposal")
router.register("credit-notes", CreditNoteResource, "credit-note")
router.register("payments", PaymentResource, "payment")
urlpatterns: list[URLPattern] = []
