"""Addresses of the kernel: what belongs to the frame of every page."""

from django.urls import path

from core.presentation.preferences import set_preferences

urlpatterns = [
    path("preferences/", set_preferences, name="preferences"),
]
