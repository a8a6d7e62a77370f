"""How a page is rendered, for the pages of every audience."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

PRIVATE = "private, no-cache"


def page(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """Render a page for one person: no cache between the server and the browser keeps it.

    Nor does the browser keep that of somebody who is signed in (`edge/middleware.py`); tickets for places without
    network are kept by the service worker, until their person signs out.
    """
    response = render(request, template, context, status=status)
    response.headers.setdefault("Cache-Control", PRIVATE)
    return response
