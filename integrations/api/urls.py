"""The app's REST resources: registered on the router of config.api, plus paths of its process verbs."""

from django.urls import URLPattern
from rest_framework.routers import SimpleRouter

from integrations.api.deliveries import DeliveryResource, ReferenceResource, SystemResource
from integrations.api.processes import ProcessResource
from integrations.api.reconciliation import BreakResource, RunResource

router = SimpleRouter(trailing_slash=False)
router.register("deliveries", DeliveryResource, "delivery")
router.register("systems", SystemResource, "system")
router.register("external-references", ReferenceResource, "external-reference")
router.register("processes", ProcessResource, "process")
router.register("reconciliations", RunResource, "reconciliation-run")
router.register("breaks", BreakResource, "break")
urlpatterns: list[URLPattern] = []
