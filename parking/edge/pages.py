"""How a page is rendered, for the pages of every audience."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def page(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """Render a page for one person: no cache between the server and the browser keeps it."""
    response = render(request, template, context, status=status)
    response.headers.setdefault("Cache-Control", "private, no-cache")
    return response
