"""Addresses of what reads across all apps, and of the suggested fixes that act across them."""

from django.urls import path

from reporting.views import fixing, home, invariants, trace

urlpatterns = [
    path("", home.home, name="home"),
    path("invariants/", invariants.invariants, name="invariants"),
    path("trace/", trace.trace, name="trace"),
    path("trace/<path:text>/", trace.trace_by_path, name="trace_by_path"),
    path("exceptions/fix/<str:number>/rate/", fixing.fix_rate, name="fix_rate"),
    path("exceptions/fix/<str:number>/customer/", fixing.fix_customer, name="fix_customer"),
    path("exceptions/fix/<str:number>/process/", fixing.fix_process, name="fix_process"),
    path("exceptions/fix/<str:number>/replay/", fixing.fix_replay, name="fix_replay"),
]
