"""Which channel sends how. A new one is a line of the table."""

from django.conf import settings

from parking.notifications.channels.base import Sender
from parking.notifications.channels.mail import MailSender
from parking.notifications.channels.push import PushSender
from parking.notifications.channels.sms import SmsSender
from parking.notifications.channels.whatsapp import WhatsAppSender
from parking.notifications.models import Channel

_SENDERS: dict[Channel, Sender] = {
    Channel.MAIL: MailSender(),
    Channel.PUSH: PushSender(),
    Channel.SMS: SmsSender(),
    Channel.WHATSAPP: WhatsAppSender(),
}


def sender_of(channel: str) -> Sender:
    return _SENDERS[Channel(channel)]


def open_channels() -> list[Channel]:
    """Return the channels that the operator has set up, in their usual order."""
    is_open = {
        Channel.MAIL: True,
        Channel.PUSH: bool(settings.PUSH_PRIVATE_KEY),
        Channel.SMS: bool(settings.SMS_URL),
        Channel.WHATSAPP: bool(settings.WHATSAPP_URL),
    }
    return [channel for channel in Channel if is_open[channel]]
