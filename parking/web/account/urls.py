"""Addresses of the account pages."""

from django.urls import URLPattern, path

from parking.web.account import emails, notices, passwords, profile, signing_up

urlpatterns: list[URLPattern] = [
    path("sign-up/", signing_up.sign_up, name="sign_up"),
    path("profile/", profile.profile, name="profile"),
    path("notifications/", notices.listing, name="notices"),
    path("notifications/read/", notices.read, name="notices_read"),
    path("profile/notifications/", notices.preferences, name="notice_preferences"),
    path("profile/notifications/push/start/", notices.push_start, name="push_start"),
    path("profile/notifications/push/stop/", notices.push_stop, name="push_stop"),
    path("unsubscribe/<str:token>/", notices.unsubscribe, name="unsubscribe"),
    path("profile/vehicles/", profile.vehicles, name="vehicles"),
    path("profile/vehicles/<int:saved_id>/forget/", profile.vehicle_forget, name="vehicle_forget"),
    path("email/confirmation/", emails.ask, name="email_confirmation"),
    path("email/confirm/<str:token>/", emails.confirm, name="email_confirm"),
    path("password/change/", passwords.change, name="password_change"),
    path("password/forgotten/", passwords.forgotten, name="password_forgotten"),
    path("password/reset/<str:uid>/<str:token>/", passwords.reset, name="password_reset"),
]
