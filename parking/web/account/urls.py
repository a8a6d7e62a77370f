"""Addresses of the own account."""

from django.urls import URLPattern, path

from parking.web.account import views

urlpatterns: list[URLPattern] = [
    path("profile/", views.home, name="profile"),
]
