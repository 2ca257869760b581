"""Every address of the product; each app owns its own list."""

from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularJSONAPIView

handler400 = "core.api.problems.bad_request"
handler404 = "core.api.problems.not_found"
handler500 = "core.api.problems.server_error"

urlpatterns = [
    # One sign-in page for everybody; the admin has none of its own.
    path("admin/login/", RedirectView.as_view(pattern_name="login", query_string=True)),
    path("admin/", admin.site.urls),
    path("login/", LoginView.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("api/v1/", include("config.api")),
    path("api/schema/", SpectacularJSONAPIView.as_view(), name="schema"),
    path("", include("core.urls")),
    # Before contracts, whose rates/<code>/ would take rates/which/ for a card.
    path("", include("billing.urls")),
    path("", include("contracts.urls")),
    path("", include("projects.urls")),
    path("", include("timesheets.urls")),
    path("", include("integrations.urls")),
    path("", include("reporting.urls")),
]
