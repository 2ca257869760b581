"""The app's REST resources: registered on the router of config.api, plus paths of its process verbs."""

from django.urls import URLPattern
from rest_framework.routers import SimpleRouter

from contracts.api.billing_accounts import BillingAccountResource
from contracts.api.contracts import ContractResource
from contracts.api.customers import CustomerResource
from contracts.api.opportunities import OpportunityResource
from contracts.api.rate_cards import RateCardResource
from contracts.api.rates import RateResource
from contracts.api.versions import VersionResource

router = SimpleRouter(trailing_slash=False)
router.register("customers", CustomerResource, "customer")
router.register("billing-accounts", BillingAccountResource, "billing-account")
router.register("contracts", ContractResource, "contract")
router.register("contract-versions", VersionResource, "contract-version")
router.register("opportunities", OpportunityResource, "opportunity")
router.register("rate-cards", RateCardResource, "rate-card")
router.register("rates", RateResource, "rate")
urlpatterns: list[URLPattern] = []
