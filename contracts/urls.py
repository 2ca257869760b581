from django.urls import path

from contracts.views import contracts, customers, deals, rates, versions

VERSION = "contracts/<str:code>/versions/<int:number>"

urlpatterns = [
    path("customers/", customers.customers, name="customers"),
    path("customers/new/", customers.customer_new, name="customer_new"),
    path("customers/<str:code>/", customers.customer, name="customer"),
    path("customers/<str:code>/edit/", customers.customer_edit, name="customer_edit"),
    path(
        "customers/<str:code>/billing-accounts/new/",
        customers.billing_account_new,
        name="billing_account_new",
    ),
    path("billing-accounts/<str:code>/edit/", customers.billing_account_edit, name="billing_account_edit"),
    path("deals/", deals.deals, name="deals"),
    path("deals/conflicts/<uuid:pk>/", deals.conflict_settle, name="deal_conflict"),
    path("deals/fix/<str:number>/", deals.fix_deal, name="deal_fix"),
    path("deals/<str:code>/", deals.deal, name="deal"),
    path("deals/<str:code>/complete/", deals.deal_complete, name="deal_complete"),
    path("deals/<str:code>/draft/", deals.deal_draft, name="deal_draft"),
    path("contracts/", contracts.contracts, name="contracts"),
    path("contracts/new/", contracts.contract_new, name="contract_new"),
    path("contracts/<str:code>/", contracts.contract, name="contract"),
    path("contracts/<str:code>/edit/", contracts.contract_edit, name="contract_edit"),
    path("contracts/<str:code>/amend/", contracts.contract_amend, name="contract_amend"),
    path("contracts/<str:code>/move/<slug:kind>/", contracts.contract_move, name="contract_move"),
    path("contracts/<str:code>/versions/<int:number>/", versions.version, name="contract_version"),
    path(
        "contracts/<str:code>/versions/<int:number>/edit/",
        versions.version_edit,
        name="contract_version_edit",
    ),
    path(
        "contracts/<str:code>/versions/<int:number>/<slug:kind>/",
        versions.version_decide,
        name="contract_version_decide",
    ),
    path("rates/", rates.rate_cards, name="rate_cards"),
    path("rates/new/", rates.rate_card_new, name="rate_card_new"),
    path("rates/<str:code>/", rates.rate_card, name="rate_card"),
    path("rates/<str:code>/edit/", rates.rate_card_edit, name="rate_card_edit"),
    path("rates/<str:code>/set/", rates.rate_set, name="rate_set"),
    path("rates/<str:code>/end/", rates.rate_end, name="rate_end"),
]
