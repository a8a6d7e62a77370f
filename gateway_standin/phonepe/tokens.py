"""PhonePe's access tokens: issued for an hour, checked with each call."""

import hmac
from urllib.parse import parse_qsl

from gateway_standin import ids
from gateway_standin.clock import Clock
from gateway_standin.options import Options
from gateway_standin.phonepe.errors import refused, refused_token
from gateway_standin.wire.messages import Json, Request

LIFE_SECONDS = 3600
SCHEME = "O-Bearer"
FORM_TYPE = "application/x-www-form-urlencoded"


class Tokens:
    """The tokens that are valid, with the time at which each ends. The caller holds the lock of the books."""

    def __init__(self, options: Options, clock: Clock) -> None:
        self._clock = clock
        self._ends: dict[str, float] = {}
        self._expected = {
            "client_id": options.phonepe_client_id,
            "client_secret": options.phonepe_client_secret,
            "client_version": options.phonepe_client_version,
            "grant_type": "client_credentials",
        }

    def issue(self, request: Request) -> Json:
        self._check(request)
        token, now = ids.token(), int(self._clock.now())
        self._ends[token] = now + LIFE_SECONDS
        return {
            "access_token": token,
            "encrypted_access_token": token,
            "expires_in": None,
            "issued_at": now,
            "expires_at": now + LIFE_SECONDS,
            "session_expires_at": now + LIFE_SECONDS,
            "token_type": SCHEME,
        }

    def require(self, request: Request) -> None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme != SCHEME or self._ends.get(token, 0) <= self._clock.now():
            raise refused("AUTHORIZATION_FAILED", "The token is missing, unknown or expired", 401)

    def revoke_all(self) -> None:
        self._ends.clear()

    def _check(self, request: Request) -> None:
        if request.content_type != FORM_TYPE:
            raise refused_token("BAD_REQUEST", f"Content-Type must be {FORM_TYPE}", 400)
        given = dict(parse_qsl(request.body.decode("latin-1")))
        for name, value in self._expected.items():
            if not hmac.compare_digest(given.get(name, "").encode(), value.encode()):
                raise refused_token("INVALID_CLIENT", f"{name} is wrong or missing", 401)
