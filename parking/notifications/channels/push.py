"""Push messages of browsers."""

from datetime import datetime

from parking.notifications.channels import http, web_push
from parking.notifications.channels.base import Letter, NotDelivered
from parking.notifications.kinds import known_kind
from parking.notifications.models import PushSubscription

# Seconds for which a service keeps a message for a device that is off.
_KEPT_SECONDS = "86400"


class PushSender:
    """Posts to the push service of one subscription, encrypted for its browser."""

    def send(self, letter: Letter, now: datetime) -> None:
        key = web_push.private_key()
        to = PushSubscription.objects.filter(uuid=letter.delivery.address, person_id=letter.person.pk).first()
        if to is None:
            # Signed off meanwhile, or another person's browser now.
            raise NotDelivered("no_subscription", is_definite=True)
        if key is None:
            raise NotDelivered("no_push_key")
        if not web_push.is_push_service(to.endpoint):
            raise NotDelivered("push_service_unknown", is_definite=True)
        words, kind = letter.words, known_kind(letter.notice.kind)
        content = web_push.content_of(words.title, words.text, url=letter.notice.path or "/", tag=letter.reference)
        http.post(
            to.endpoint,
            can_be_gone=True,
            content=web_push.encrypted(content, p256dh=to.p256dh, auth=to.auth),
            headers={
                "Authorization": web_push.authorization(to.endpoint, key, now),
                "Content-Encoding": "aes128gcm",
                "Content-Type": "application/octet-stream",
                "TTL": _KEPT_SECONDS,
                "Topic": letter.reference,
                "Urgency": "high" if kind is not None and kind.ignores_quiet_hours else "normal",
            },
        )
