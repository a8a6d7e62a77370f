"""What is told to whom, by which channels, and what each person has chosen."""

from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    """The ways beside the list in the application, which has every notice."""

    MAIL = "MAIL", _("E-mail")
    PUSH = "PUSH", _("Push")
    SMS = "SMS", "SMS"
    WHATSAPP = "WHATSAPP", "WhatsApp"


class Notice(models.Model):
    """One thing that one person is told. It is in the person's list from the moment it is written.

    Values, not sentences, are stored: they are put into words in the language of whoever reads, when it is read.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notices")
    source = models.CharField(max_length=80, help_text="What it is about: the same event tells a person once")
    kind = models.CharField(max_length=40)
    values = models.JSONField(default=dict)
    path = models.CharField(max_length=200, blank=True, help_text="The page that shows more")
    attachment = models.CharField(max_length=60, blank=True, help_text="What the mail carries, for its maker")
    site_id = models.BigIntegerField(null=True, blank=True, help_text="Of the site, where it is about one")
    time_zone = models.CharField(max_length=40, blank=True, help_text="Of the site; empty: the operator's")
    at = models.DateTimeField(help_text="When it happened")
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["source", "person"], name="notice_once")]
        indexes: ClassVar = [
            models.Index(fields=["person", "-id"], name="notice_of_person"),
            models.Index(fields=["person"], condition=Q(read_at=None), name="notice_unread"),
            models.Index(fields=["read_at"], name="notice_by_reading"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"


class DeliveryState(models.TextChoices):
    WAITING = "WAITING", "Waiting"
    SENDING = "SENDING", "Being sent"
    SENT = "SENT", "Sent"
    FAILED = "FAILED", "Not delivered"


OPEN_DELIVERY = (DeliveryState.WAITING, DeliveryState.SENDING)


class Delivery(models.Model):
    """A notice on its way by one channel to one address.

    `reference` goes with every attempt, so that what is sent twice is shown once: the id of a mail's message, the tag
    of a push message, the number by which a provider knows an SMS.
    """

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="deliveries")
    channel = models.CharField(max_length=8, choices=Channel.choices)
    address = models.CharField(
        max_length=254,
        blank=True,
        help_text="Mail address, phone number, or id of a push subscription; empty: the person's present",
    )
    reference = models.UUIDField(default=uuid4, unique=True, editable=False)
    state = models.CharField(max_length=7, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(help_text="When it is sent, or taken over from a worker that died")
    error = models.CharField(max_length=60, blank=True, help_text="Why the last attempt failed")
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["notice", "channel", "address"], name="delivery_once"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="delivery_channel_known"),
            models.CheckConstraint(condition=Q(state__in=DeliveryState.values), name="delivery_state_known"),
            models.CheckConstraint(
                condition=Q(state="SENT", sent_at__isnull=False) | (~Q(state="SENT") & Q(sent_at=None)),
                name="delivery_sent_has_time",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["channel", "next_at"], condition=Q(state__in=["WAITING", "SENDING"]), name="delivery_due"
            ),
            models.Index(fields=["-id"], condition=Q(state="FAILED"), name="delivery_failed"),
            models.Index(fields=["sent_at"], condition=Q(channel="SMS", state="SENT"), name="delivery_sms_of_month"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.state}"


class Preference(models.Model):
    """Whether a person wants one kind of notice by one channel; without a row the usual of that kind counts."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    is_on = models.BooleanField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "kind", "channel"], name="preference_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.channel}: {self.is_on}"


class QuietHours(models.Model):
    """When a person wants no sound: from one hour to another, in the time zone of the site. Equal hours: never."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    begin = models.PositiveSmallIntegerField()
    end = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name_plural = "quiet hours"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(begin__lte=23, end__lte=23), name="quiet_hours_of_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.begin}-{self.end}"


class PushSubscription(models.Model):
    """A browser that shows push messages of one person; deleted when its push service no longer knows it."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    endpoint = models.CharField(max_length=1000, unique=True)
    p256dh = models.CharField(max_length=100, help_text="Public key of the browser, base64url")
    auth = models.CharField(max_length=40, help_text="Secret of the browser, base64url")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.uuid)
