"""Cookies that keep what people choose: sent to us alone, and read by no script."""

from django.conf import settings
from django.http import HttpResponse

YEAR, HOUR = 31_536_000, 3_600


def keep_cookie(response: HttpResponse, name: str, value: str, max_age: int) -> None:
    """Set a cookie for `max_age` seconds."""
    response.set_cookie(
        name,
        value,
        max_age=max_age,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
