"""Addresses of the gate's pages, below /gate/."""

from django.urls import URLPattern, path

from parking.web.gate import scanning

urlpatterns: list[URLPattern] = [
    path("", scanning.gate, name="gate"),
]
