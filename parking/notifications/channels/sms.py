"""SMS through a provider that takes registered templates."""

from datetime import datetime

from django.conf import settings
from django.utils import translation

from parking.notifications.channels import http
from parking.notifications.channels.base import Letter, NotDelivered
from parking.notifications.channels.dlt import TEMPLATES, DoesNotFit, filled, template_for
from parking.notifications.channels.phones import international
from parking.notifications.kinds import kind_of
from parking.notifications.models import Channel, Delivery, DeliveryState
from parking.notifications.texts import written_values, zone_of


class SmsSender:
    """Posts one SMS as JSON; the provider knows a repeated one by its `reference`."""

    def send(self, letter: Letter, now: datetime) -> None:
        numbers = settings.SMS_TEMPLATE_IDS
        template = template_for(
            letter.notice.kind, letter.person.reads, [one for one in TEMPLATES if one.name in numbers]
        )
        if template is None:
            raise NotDelivered("sms_template_missing", is_definite=True)
        try:
            with translation.override(template.language):
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
                "template_id": numbers[template.name],
                "to": international(letter.person.phone),
                "text": text,
                "reference": letter.reference,
            },
        )


def _refuse_over_budget(letter: Letter, now: datetime) -> None:
    """Raise NotDelivered when the site has sent what it may send in this month of its time zone.

    What others are sending at this moment counts: each of them was claimed before it looked, so the last one that the
    budget has is sent once. Whoever might be the one too many comes again.
    """
    if not settings.SMS_PER_MONTH:
        return
    month = now.astimezone(zone_of(letter.notice)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    of_site = Delivery.objects.filter(channel=Channel.SMS, notice__site_id=letter.notice.site_id)
    # First those on their way: one that arrives in between counts twice, never not at all.
    others = of_site.filter(state=DeliveryState.SENDING).exclude(pk=letter.delivery.pk).count()
    sent = of_site.filter(state=DeliveryState.SENT, sent_at__gte=month).count()
    if sent + others >= settings.SMS_PER_MONTH:
        raise NotDelivered("sms_budget_spent", is_definite=sent >= settings.SMS_PER_MONTH)
