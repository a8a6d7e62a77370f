"""Web push: which services are posted to, encryption of a message (RFC 8291) and proof of the sender (RFC 8292)."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from fnmatch import fnmatch
from typing import Any
from urllib.parse import urlsplit

import http_ece
import jwt
from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from parking.core.errors import Refused

CURVE = ec.SECP256R1()
_RECORD = 4096
# A record holds its text, a mark of the end and 16 bytes of proof; services take no more than one.
MOST_BYTES = _RECORD - 17 - 86
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_PROOF_FOR = timedelta(hours=12)

# --- What browsers send --------------------------------------------------------------------------------


def check_push_service(endpoint: str) -> None:
    """Raise Refused `push_service_unknown` unless an address is at one of the services of browsers (PUSH_HOSTS).

    It comes from outside, and we are going to post to it: it must not lead into our own network.
    """
    if not is_push_service(endpoint):
        raise Refused("push_service_unknown", "This address is not at a known push service")


def is_push_service(endpoint: str) -> bool:
    """Return whether an address is one of a known service: encrypted, but on this very machine."""
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    named = host if port is None else f"{host}:{port}"
    is_plain = parts.scheme == "http" and host in _LOOPBACK
    is_known = any(fnmatch(named, pattern) for pattern in settings.PUSH_HOSTS)
    return is_known and "@" not in parts.netloc and (parts.scheme == "https" or is_plain)


def check_keys(p256dh: str, auth: str) -> None:
    """Raise Refused `push_keys_invalid` for keys with which nothing can be encrypted."""
    try:
        point = from_base64(p256dh)
        _public_key(point)
        # A point may also be compressed; browsers and the encryption know the whole one alone.
        is_whole = len(point) == 65 and len(from_base64(auth)) == 16
    except ValueError:
        is_whole = False
    if not is_whole:
        raise Refused("push_keys_invalid", "These are not the keys of a push subscription")


# --- Encryption ----------------------------------------------------------------------------------------


def encrypted(
    text: bytes,
    *,
    p256dh: str,
    auth: str,
    salt: bytes | None = None,
    key: ec.EllipticCurvePrivateKey | None = None,
) -> bytes:
    """Return a message as its browser alone can read it. `salt` and `key` are drawn anew, but in tests."""
    sealed: bytes = http_ece.encrypt(
        text,
        salt=salt,
        private_key=key or ec.generate_private_key(CURVE),
        dh=from_base64(p256dh),
        auth_secret=from_base64(auth),
        rs=_RECORD,
    )
    return sealed


def point_of(key: ec.EllipticCurvePublicKey) -> bytes:
    """Return a public key as the 65 bytes of its point."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _public_key(point: bytes) -> ec.EllipticCurvePublicKey:
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point)
    except InvalidKey as error:
        raise ValueError("not a point of the curve") from error


# --- Proof of the sender -------------------------------------------------------------------------------


def new_private_key() -> str:
    """Return a new key of this installation, as the setting takes it."""
    number = ec.generate_private_key(CURVE).private_numbers().private_value
    return to_base64(number.to_bytes(32, "big"))


def private_key() -> ec.EllipticCurvePrivateKey | None:
    """Return the key of this installation; None without one. Raises ValueError for what is no key."""
    if not settings.PUSH_PRIVATE_KEY:
        return None
    return ec.derive_private_key(int.from_bytes(from_base64(settings.PUSH_PRIVATE_KEY), "big"), CURVE)


def public_key() -> str:
    """Return what browsers subscribe with; empty without a key."""
    key = private_key()
    return "" if key is None else to_base64(point_of(key.public_key()))


def authorization(endpoint: str, key: ec.EllipticCurvePrivateKey, now: datetime) -> str:
    """Return the header by which a push service knows us."""
    parts = urlsplit(endpoint)
    claims: dict[str, Any] = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((now + _PROOF_FOR).timestamp()),
        "sub": settings.PUSH_CONTACT,
    }
    return f"vapid t={jwt.encode(claims, key, algorithm='ES256')}, k={to_base64(point_of(key.public_key()))}"


# --- Base64 of URLs, without its padding -----------------------------------------------------------------


def from_base64(text: str) -> bytes:
    """Return the bytes. Raises ValueError."""
    return urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))


def to_base64(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def content_of(title: str, text: str, *, url: str, tag: str) -> bytes:
    """Return what the service worker shows, its words shortened to what fits: the text first, then the title.

    The same `tag` replaces what was shown before.
    """
    while True:
        content = json.dumps({"title": title, "body": text, "url": url, "tag": tag}, ensure_ascii=False).encode()
        if len(content) <= MOST_BYTES or not title:
            return content
        if text:
            text = _half_of(text)
        else:
            title = _half_of(title)


def _half_of(text: str) -> str:
    """Return the first half of a text; empty where nothing would be left of it."""
    kept = text.removesuffix("…")[: len(text) // 2]
    return f"{kept}…" if len(kept) + 1 < len(text) else ""
