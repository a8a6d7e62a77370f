"""SMS through a provider that takes registered templates."""

from datetime import datetime

from django.conf import settings

from parking.notifications.channels import http
from parking.notifications.channels.base import Letter, NotDelivered
from parking.notifications.channels.dlt import DoesNotFit, filled, template_for
from parking.notifications.channels.phones import international
from parking.notifications.kinds import kind_of
from parking.notifications.models import Channel, Delivery, DeliveryState
from parking.notifications.texts import written_values, zone_of


class SmsSender:
    """Posts one SMS as JSON; the provider knows a repeated one by its `reference`."""

    def send(self, letter: Letter, now: datetime) -> None:
        template = template_for(letter.notice.kind, letter.person.reads)
        number = settings.SMS_TEMPLATE_IDS.get(template.name) if template else None
        if template is None or number is None:
            raise NotDelivered("sms_template_missing", is_definite=True)
        try:
            text = filled(template, written_values(kind_of(letter.notice.kind), letter.notice))
        except (DoesNotFit, KeyError) as error:
            raise NotDelivered("sms_does_not_fit", is_definite=True) from error
        _refuse_over_budget(letter, now)
        http.post(
            settings.SMS_URL,
            headers=http.bearer(settings.SMS_KEY),
            json={
                "entity_id": settings.SMS_ENTITY,
                "header": settings.SMS_HEADER,
                "template_id": number,
                "to": international(letter.person.phone),
                "text": text,
                "reference": letter.reference,
            },
        )


def _refuse_over_budget(letter: Letter, now: datetime) -> None:
    """Raise NotDelivered when the site has sent what it may send in this month of its time zone."""
    month = now.astimezone(zone_of(letter.notice)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    sent = Delivery.objects.filter(
        channel=Channel.SMS,
        state=DeliveryState.SENT,
        sent_at__gte=month,
        notice__site_id=letter.notice.site_id,
    )
    if settings.SMS_PER_MONTH and sent.count() >= settings.SMS_PER_MONTH:
        raise NotDelivered("sms_budget_spent", is_definite=True)
