"""Routing of requests to the parts of the program."""

import re

from gateway_standin.control import Control
from gateway_standin.pages.site import Site
from gateway_standin.standin import Standin
from gateway_standin.wire.messages import Answer, Request, json_answer

# The real bases of PhonePe end in one of these. They are taken with and without.
PHONEPE_BASE = re.compile(r"^/apis/(pg-sandbox|pg|identity-manager)(?=/)")
PHONEPE_PATHS = ("/v1/oauth/", "/checkout/", "/payments/")
CHECKOUT = "/v1/checkout/embedded"


class App:
    def __init__(self, standin: Standin) -> None:
        self._standin = standin
        self._control = Control(standin)
        self._site = Site(standin)

    def __call__(self, request: Request) -> Answer:
        if request.path.startswith("/_control/"):
            return self._control.answer(request) if _is_ours(request) else _foreign()
        path = PHONEPE_BASE.sub("", request.path)
        if path.startswith(PHONEPE_PATHS):
            return self._standin.phonepe.answer(request, path)
        if path.startswith("/v1/") and path != CHECKOUT:
            return self._standin.razorpay.answer(request, path)
        return self._site.answer(request) if path == CHECKOUT or _is_ours(request) else _foreign()


def _is_ours(request: Request) -> bool:
    """Return whether a request may act: a web site open in the same browser may not. Programs send no Origin."""
    origin = request.headers.get("origin")
    return request.method == "GET" or origin is None or origin == f"http://{request.headers.get('host')}"


def _foreign() -> Answer:
    return json_answer({"error": "sent from the page of another site"}, 403)
