"""The app's REST resources: registered on the router of config.api, plus paths of its process verbs."""

from django.urls import URLPattern
from rest_framework.routers import SimpleRouter

router = SimpleRouter(trailing_slash=False)
urlpatterns: list[URLPattern] = []
