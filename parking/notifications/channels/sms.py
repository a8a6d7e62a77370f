"""SMS through a provider that takes registered templates."""

from datetime import datetime

from django.conf import settings
from django.utils import translation

from parking.notifications.channels import http
from parking.notifications.channels.base import Letter, NotDelivered
from parking.notifications.channels.dlt import TEMPLATES, DoesNotFit, Template, filled, template_for
from parking.notifications.channels.phones import international
from parking.notifications.kinds import kind_of
from parking.notifications.models import Channel, Delivery, DeliveryState, Notice
from parking.notifications.texts import written_values, zone_of


class SmsSender:
    """Posts one SMS as JSON; the provider knows a repeated one by its `reference`."""

    def send(self, letter: Letter, now: datetime) -> None:
        template, text = _registered(letter.notice, letter.person.reads)
        _refuse_over_budget(letter.notice, now, own=letter.delivery.pk)
        http.post(
            settings.SMS_URL,
            headers=http.bearer(settings.SMS_KEY),
            json={
                "entity_id": settings.SMS_ENTITY,
                "header": settings.SMS_HEADER,
                "template_id": settings.SMS_TEMPLATE_IDS[template.name],
                "to": international(letter.delivery.address or letter.person.phone),
                "text": text,
                "reference": letter.reference,
            },
        )


def is_offered(kind: str) -> bool:
    """Return whether SMS of a kind are sent from this installation: a provider is set, and a text is registered."""
    return bool(settings.SMS_URL) and any(one.kind == kind for one in _with_numbers())


def reason_against(notice: Notice, language: str, now: datetime) -> str:
    """Return the code of what would keep an SMS from being sent now; empty: nothing. The notice may be unsaved."""
    try:
        _registered(notice, language)
        _refuse_over_budget(notice, now, own=0)
    except NotDelivered as refusal:
        return refusal.code
    return ""


def _with_numbers() -> list[Template]:
    return [one for one in TEMPLATES if one.name in settings.SMS_TEMPLATE_IDS]


def _registered(notice: Notice, language: str) -> tuple[Template, str]:
    """Return the template of a notice in a language, and its text with the values. Raises NotDelivered."""
    template = template_for(notice.kind, language, _with_numbers())
    if template is None:
        raise NotDelivered("sms_template_missing", is_definite=True)
    try:
        with translation.override(template.language):
            return template, filled(template, written_values(kind_of(notice.kind), notice))
    except (DoesNotFit, KeyError) as error:
        raise NotDelivered("sms_does_not_fit", is_definite=True) from error


def _refuse_over_budget(notice: Notice, now: datetime, *, own: int) -> None:
    """Raise NotDelivered when the site has sent what it may send in this month of its time zone.

    What others are sending at this moment counts: each of them was claimed before it looked, so the last one that the
    budget has is sent once. Whoever might be the one too many comes again.
    """
    if not settings.SMS_PER_MONTH:
        return
    month = now.astimezone(zone_of(notice)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    of_site = Delivery.objects.filter(channel=Channel.SMS, notice__site_id=notice.site_id)
    # First those on their way: one that arrives in between counts twice, never not at all.
    others = of_site.filter(state=DeliveryState.SENDING).exclude(pk=own).count()
    sent = of_site.filter(state=DeliveryState.SENT, sent_at__gte=month).count()
    if sent + others >= settings.SMS_PER_MONTH:
        raise NotDelivered("sms_budget_spent", is_definite=sent >= settings.SMS_PER_MONTH)
