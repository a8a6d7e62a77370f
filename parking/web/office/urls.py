"""Addresses of the office's pages, below /office/."""

from django.urls import URLPattern, path

from parking.web.office import dashboard

urlpatterns: list[URLPattern] = [
    path("", dashboard.overview, name="office"),
]
