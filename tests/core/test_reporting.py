"""What an error tracker gets to see of an error: an event made by its own SDK, and searched for what is private."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import sentry_sdk
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import override_settings
from django.urls import path
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from parking.core import reporting

NAME, PLATE, MAIL, PHONE = "Lakshmi Venkataraman", "KA-05-MX-4711", "lakshmi@example.in", "+91 98765 43210"
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJ1c2VyX2lkIjo0Mn0.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg"
LINK = "/password/reset/42/cxk3p1-0f3a9b7c5d1e2f4a6b8c0d2e4f6a8b0c/"
# Not the bare digits of the plate: random numbers of events have them now and then.
SECRETS = (NAME, "Lakshmi", PLATE, "MX-4711", "MX4711", MAIL, PHONE, "98765", TOKEN, "cxk3p1", "hidden-cookie")


class Recorder(Transport):
    """Keeps what would have been sent."""

    events: list[dict[str, Any]]

    def __init__(self, options: Any = None) -> None:
        super().__init__(options)
        self.events = []

    def capture_envelope(self, envelope: Envelope) -> None:
        event = envelope.get_event()
        if event is not None:
            self.events.append(dict(event))


def failing(request: HttpRequest, **_: object) -> HttpResponse:
    owner_name, plate = NAME, PLATE  # as they would stand in a view
    logging.getLogger("parking").warning("looked for %s of %s", plate, owner_name)
    raise ValueError(f"Key (plate, owner)=({plate}, {owner_name}) exists; {MAIL}, {PHONE}, {TOKEN}")


urlpatterns = [path("<path:rest>", failing)]
handler500 = "parking.web.refusals.server_error"


@pytest.fixture
def sent() -> Iterator[list[dict[str, Any]]]:
    recorder = Recorder()
    with sentry_sdk.isolation_scope():
        client = sentry_sdk.Client(dsn="https://key@tracker.example/1", transport=recorder, **reporting.options())
        sentry_sdk.get_isolation_scope().set_client(client)
        yield recorder.events
    client.close()


def test_an_event_says_where_and_not_whose(sent: list[dict[str, Any]]) -> None:
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[]):
        browser = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {TOKEN}", "Referer": LINK})
        browser.cookies["sessionid"] = "hidden-cookie"
        browser.post(f"/tickets/{PLATE}{LINK}?q={PLATE}&token={TOKEN}", {"owner_name": NAME, "phone": PHONE})
        sentry_sdk.capture_exception(_raised())
    assert sent
    for event in sent:
        text = json.dumps(event, default=str)
        assert [secret for secret in SECRETS if secret in text] == []
        (failure,) = event["exception"]["values"]
        assert (failure["type"], failure["value"]) == ("ValueError", "[cut]")
        assert failure["stacktrace"]["frames"][-1]["function"] == "failing"


def test_a_log_line_is_sent_by_its_name(sent: list[dict[str, Any]]) -> None:
    sentry_sdk.capture_event(
        {"logentry": {"message": str({"event": "gateway_refused", "owner": NAME, "plate": PLATE})}, "level": "error"}
    )
    sentry_sdk.capture_message(f"{NAME} in {PLATE}")
    assert [event["logentry"]["message"] for event in sent if "logentry" in event] == ["gateway_refused"]
    assert [secret for secret in SECRETS if secret in json.dumps(sent, default=str)] == []


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("/tickets/DL-01-AB-1234/", "/tickets/[cut]/"),
        ("/x/DL01AB1234/", "/x/[cut]/"),
        ("22BH1234AA", "[cut]"),
        ("/api/staff/exit/", "/api/staff/exit/"),
        ("/tickets/123/", "/tickets/123/"),
        ("asha@example.in", "[cut]"),
    ],
)
def test_what_looks_private_is_masked(text: str, left: str) -> None:
    assert reporting.masked(text) == left


def _raised() -> Exception:
    try:
        failing(HttpRequest())
    except ValueError as error:
        return error
    raise AssertionError
