"""Which channel sends how. A new one is a line of the table."""

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
