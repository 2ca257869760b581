"""The REST API: every app's resources and verbs under /api/v1/."""

from django.urls import include, path

APPS = ("core", "contracts", "projects", "timesheets", "billing", "integrations", "reporting")

urlpatterns = []
for app in APPS:
    routes = __import__(f"{app}.api.urls", fromlist=["router", "urlpatterns"])
    urlpatterns += [path("", include(routes.router.urls)), path("", include(routes.urlpatterns))]
