"""How a page is rendered, for the pages of every audience."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

ANYBODY = AnonymousUser()


def page(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """Render a page for one person: no cache between the server and the browser keeps it.

    That of somebody who is signed in is not kept by the browser either; tickets for places without network are, by the
    service worker, until their person signs out.
    """
    response = render(request, template, context, status=status)
    is_personal = getattr(request, "user", ANYBODY).is_authenticated
    response.headers.setdefault("Cache-Control", "private, no-store" if is_personal else "private, no-cache")
    return response
