"""The app's REST resources: registered on the router of config.api, plus paths of its process verbs."""

from django.urls import URLPattern
from rest_framework.routers import SimpleRouter

from contracts.api.contracts import ContractResource
from contracts.api.customers import BillingAccountResource, CustomerResource
from contracts.api.rates import RateCardResource, RateResource
from contracts.api.versions import VersionResource

router = SimpleRouter(trailing_slash=False)
router.register("customers", CustomerResource, "customer")
router.register("billing-accounts", BillingAccountResource, "billing-account")
router.register("contracts", ContractResource, "contract")
router.register("contract-versions", VersionResource, "contract-version")
router.register("rate-cards", RateCardResource, "rate-card")
router.register("rates", RateResource, "rate")
urlpatterns: list[URLPattern] = []
