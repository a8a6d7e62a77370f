"""The push service: it makes subscriptions, as a browser would, and decrypts what comes for them (RFC 8291)."""

import json
import secrets
import threading
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_CURVE = ec.SECP256R1()


@dataclass(frozen=True)
class Subscription:
    """One browser. `auth` and the private key never leave it."""

    name: str
    key: ec.EllipticCurvePrivateKey
    auth: bytes

    @property
    def point(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def shown(self, address: str) -> dict[str, Any]:
        """Return what a browser gives its page as JSON."""
        keys = {"p256dh": _base64(self.point), "auth": _base64(self.auth)}
        return {"endpoint": f"{address}/push/{self.name}", "keys": keys}

    def decrypted(self, body: bytes) -> dict[str, Any]:
        """Return the content of a message. Raises ValueError, KeyError, InvalidTag for one that is not ours to read."""
        salt, length = body[:16], body[20]
        theirs, sealed = body[21 : 21 + length], body[21 + length :]
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, theirs))
        secret = _hkdf(shared, self.auth, b"WebPush: info\0" + self.point + theirs, 32)
        content_key = _hkdf(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _hkdf(secret, salt, b"Content-Encoding: nonce\0", 12)
        text = AESGCM(content_key).decrypt(nonce, sealed, None).rstrip(b"\0")
        if not text.endswith(b"\x02"):
            raise ValueError("the record has no end")
        content = json.loads(text[:-1])
        if not isinstance(content, dict):
            raise ValueError("not an object")  # noqa: TRY004 - one error for the caller
        return content


class PushService:
    """Knows the subscriptions that it made, until they are ended."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, Subscription] = {}

    def subscribe(self) -> Subscription:
        new = Subscription(secrets.token_urlsafe(12), ec.generate_private_key(_CURVE), secrets.token_bytes(16))
        with self._lock:
            self._known[new.name] = new
        return new

    def find(self, name: str) -> Subscription | None:
        with self._lock:
            return self._known.get(name)

    def end(self, name: str) -> None:
        with self._lock:
            self._known.pop(name, None)


def _hkdf(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(secret)


def _base64(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()
