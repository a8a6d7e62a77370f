"""Mail by the API of a provider: anymail says what each one's calls look like, our HTTP makes them.

So they have the same end as all calls: 20 s as a whole, which the client that anymail brings cannot promise.
"""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from anymail.exceptions import AnymailAPIError, AnymailError, AnymailRecipientsRefused
from anymail.message import AnymailStatus
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from parking.notifications.channels import http
from parking.notifications.channels.base import NotDelivered

_MOST_BYTES = 100_000
# By these the provider refuses us, for a key or an account; ours to mend, not the address's fault.
_OURS = frozenset({401, 402, 403})
_TAKEN = frozenset({"sent", "queued", "unknown"})
# What a provider wants to hear to leave the id of the message alone, by which what arrives twice is shown once.
_KEEPS_ID = {"postmark": {"X-PM-KeepID": "true"}}


class _Calls(BaseAdapter):
    """Makes the calls of a `requests` session with our own client."""

    def send(self, request: PreparedRequest, *_args: Any, **_options: Any) -> Response:
        """Call. Raises NotDelivered where there is no answer."""
        headers = {str(name): value for name, value in request.headers.items()} | {"Accept-Encoding": "identity"}
        answer = http.ask(
            str(request.method),
            str(request.url),
            most_bytes=_MOST_BYTES,
            headers=headers,
            content=request.body,
        )
        response = Response()
        response.status_code, response.headers = answer.status, CaseInsensitiveDict(answer.headers)
        # Nobody is redirected; and the body is no longer as it was sent.
        for name in ("Location", "Content-Encoding", "Transfer-Encoding"):
            response.headers.pop(name, None)
        response.url, response.request, response.raw = str(request.url), request, BytesIO(answer.body)
        return response

    def close(self) -> None:
        """Have nothing open."""


class EmailBackend(BaseEmailBackend):
    """Sends by the provider of `MAIL_PROVIDER`."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Send. Raises NotDelivered."""
        provider: Any = get_connection(f"anymail.backends.{settings.MAIL_PROVIDER}.EmailBackend")
        for message in email_messages:
            message.extra_headers |= _kept_id()
        provider.open()
        try:
            for scheme in ("https://", "http://"):
                provider.session.mount(scheme, _Calls())
            count = int(provider.send_messages(email_messages))
        except AnymailRecipientsRefused as error:
            raise NotDelivered("mail_refused", is_definite=True) from error
        except AnymailAPIError as error:
            raise _failure(error.status_code) from error
        except AnymailError as error:
            # The mail cannot be said in the words of this provider.
            raise NotDelivered("mail_does_not_fit", is_definite=True) from error
        finally:
            provider.close()
        for message in email_messages:
            _check(message.anymail_status)  # type: ignore[attr-defined]
        return count


def _check(told: AnymailStatus) -> None:
    """Raise NotDelivered for a mail that was refused in an answer that the library takes for a success."""
    if told.esp_response.status_code >= 300 or not told.status <= _TAKEN:
        raise NotDelivered("mail_refused", is_definite=True)


def _kept_id() -> Mapping[str, str]:
    return _KEEPS_ID.get(settings.MAIL_PROVIDER, {})


def _failure(status: int | None) -> NotDelivered:
    if status in _OURS:
        return NotDelivered("mail_login")
    if status is None or status < 300:
        return NotDelivered("mail_answer_unreadable")
    return NotDelivered(f"http_{status}", is_definite=http.is_refusal(status))
