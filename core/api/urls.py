"""The app's REST resources: registered on the router of config.api, plus paths of its process verbs."""

from django.urls import URLPattern
from rest_framework.routers import SimpleRouter

from core.api.entities import LegalEntityResource, PeriodResource
from core.api.events import EventResource
from core.api.exceptions import ExceptionResource

router = SimpleRouter(trailing_slash=False)
router.register("legal-entities", LegalEntityResource, "legal-entity")
router.register("periods", PeriodResource, "period")
router.register("events", EventResource, "event")
router.register("exceptions", ExceptionResource, "exception")
urlpatterns: list[URLPattern] = []
