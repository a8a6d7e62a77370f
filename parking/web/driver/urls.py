"""Addresses of the driver's pages."""

from django.urls import URLPattern, path

from parking.web.driver import zones

urlpatterns: list[URLPattern] = [
    path("zones/", zones.overview, name="zones"),
]
