"""Confirmation of a form: a page that says what the change means and asks once more.

It is a page of its own, so it works without script and with the keyboard, and it is the same for every form of the
office. The typed values are sent along in hidden fields; the two buttons say `step=go` and `step=back`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse

from parking.edge.pages import page


@dataclass(frozen=True)
class Alteration:
    """One line of the question: the field, its old value, its new value."""

    label: str
    before: str
    after: str


def is_confirmed(request: HttpRequest) -> bool:
    """Return whether the person has seen the question and pressed yes."""
    return request.POST.get("step") == "go"


def is_going_back(request: HttpRequest) -> bool:
    """Return whether the person wants to see the form again, with what was typed."""
    return request.POST.get("step") == "back"


def ask(
    request: HttpRequest,
    *,
    title: str,
    form: Form,
    yes: str,
    effects: Sequence[str] = (),
    alterations: Sequence[Alteration] = (),
    back: str = "",
    grave: bool = False,
    **context: Any,
) -> HttpResponse:
    """Show the question. `effects` are sentences, `back` an address where there is no form to go back to."""
    return page(
        request,
        "office/confirm.html",
        title=title,
        form=form,
        yes=yes,
        effects=effects,
        alterations=alterations,
        back=back,
        grave=grave,
        **context,
    )
