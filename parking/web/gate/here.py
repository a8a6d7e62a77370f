"""The gate at which a device stands: chosen on the page with the scanner, sent with every form of the gate.

The browser also keeps it in a cookie, for pages that are opened without a form. A cookie that no longer names a gate of
the person is as good as none; a form that does is refused (`gate_invalid`).
"""

from typing import Any

from django import forms
from django.http import HttpRequest

from parking.core.actor import Actor, AtGate
from parking.core.errors import DomainError, Refused
from parking.core.ids import MAX_ID
from parking.edge.callers import actor_of
from parking.facilities.gates import actor_at
from parking.web.forms import ServiceForm

COOKIE = "gate_id"


class GateField(forms.IntegerField):
    """The number of the gate, in a hidden field; empty where a site has no gates."""

    def __init__(self) -> None:
        super().__init__(min_value=1, max_value=MAX_ID, required=False, widget=forms.HiddenInput)


class PlacedForm(ServiceForm):
    """A form of the gate that is a page of its own; `asks_for_gate` once its gate was refused."""

    gate_id = GateField()
    asks_for_gate = False

    def add_refusal(self, error: DomainError) -> None:
        self.asks_for_gate = error.code == "gate_invalid"
        super().add_refusal(error)


def actor_here(request: HttpRequest, form: forms.Form) -> Actor:
    """Return the actor at the gate that a form names. Raises Refused `gate_invalid`."""
    return actor_at(actor_of(request), form.cleaned_data["gate_id"])


def kept_gate(request: HttpRequest) -> AtGate | None:
    """Return the gate that the browser keeps, None where it keeps none of the person's."""
    text = request.COOKIES.get(COOKIE, "")
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        return None
    try:
        return actor_at(actor_of(request), int(text)).gate
    except Refused:
        return None


def gate_fields(gate: AtGate | None) -> dict[str, Any]:
    """Return the initial values of a form that is sent from this gate."""
    return {"gate_id": gate.id} if gate else {}
