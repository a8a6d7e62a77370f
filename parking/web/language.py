"""The language of a page: the person's choice, kept in a cookie, otherwise the browser's."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

from parking.core.languages import installed
from parking.web.cookies import HOUR, YEAR, keep_cookie


class PageLanguageMiddleware(LocaleMiddleware):
    """Activates the reader's language for pages. The API's texts are a contract, and stay in English."""

    def process_request(self, request: HttpRequest) -> None:
        if request.path.startswith("/api/"):
            translation.activate(settings.LANGUAGE_CODE)
        else:
            super().process_request(request)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        return response if request.path.startswith("/api/") else super().process_response(request, response)


_CHOICE_COOKIE = "language_choice"


def remember_language(response: HttpResponse, language: str) -> None:
    """Keep a choice of language for a year."""
    keep_cookie(response, settings.LANGUAGE_COOKIE_NAME, language, YEAR)


def remember_choice(response: HttpResponse, language: str) -> None:
    """Keep that somebody who is not signed in chose a language: it is to become that of the account, within an hour."""
    keep_cookie(response, _CHOICE_COOKIE, language, HOUR)


def take_choice(request: HttpRequest, response: HttpResponse) -> str | None:
    """Return the language that was chosen before signing in, if any, once: the next person may choose otherwise."""
    wanted = request.COOKIES.get(_CHOICE_COOKIE)
    if wanted is not None:
        response.delete_cookie(_CHOICE_COOKIE, samesite="Lax")
    return wanted if wanted in installed() else None
