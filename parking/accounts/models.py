"""User accounts: one model with four roles."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import ASCIIUsernameValidator
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from parking.core import clock
from parking.core.languages import known_or_english
from parking.core.phones import LastDigits


class Role(models.TextChoices):
    ADMIN = "ADMIN", "Manager"
    STAFF = "STAFF", "Gate attendant"
    USER = "USER", "Driver"
    AUDITOR = "AUDITOR", "Auditor"


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the user of this name in any letter case, as the constraint `username_once` compares."""
        return self.alias(folded=Lower("username")).get(folded=(username or "").lower())

    def create_superuser(self, username: str, password: str, **fields: Any) -> "User":
        """Create an ADMIN, for `manage.py createsuperuser`. Raises ValidationError for a name that is taken."""
        if self.alias(folded=Lower("username")).filter(folded=username.lower()).exists():
            raise ValidationError("That username is already taken.")
        user = self.model(username=username, role=Role.ADMIN, date_joined=clock.now(), **fields)
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser):
    """A person who signs in. Written by `accounts.services` only."""

    # ASCII: no two look alike, and SQLite folds the case of no other letters.
    username = models.CharField(max_length=150, validators=[ASCIIUsernameValidator()])
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=20, blank=True)
    first_name = models.CharField(max_length=150, blank=True)
    last_name = models.CharField(max_length=150, blank=True)
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.USER)
    is_active = models.BooleanField(default=True, help_text="False: suspended, with immediate effect")
    language = models.CharField(max_length=5, default="en", help_text="One of those installed")
    token_epoch = models.PositiveIntegerField(
        default=0, help_text="Tokens of an earlier epoch are dead; a password change begins a new one"
    )
    # Read with the account at each request, so that what a person may do costs no statement of its own.
    site_ids = models.JSONField(default=list, blank=True, help_text="Ids of the sites of work; empty: all")
    permissions = models.JSONField(default=dict, blank=True, help_text="What an attendant may do beside the role")
    special_slots = models.JSONField(
        default=list, blank=True, help_text="Kinds of special slots that a driver may book: ACCESSIBLE, VIP"
    )
    disability_card = models.CharField(
        max_length=40, blank=True, help_text="Number of the disability card that the office has checked"
    )
    email_confirmed_at = models.DateTimeField(
        null=True, blank=True, help_text="When a link that was mailed there was used; empty: nobody knows whose it is"
    )
    email_bounced_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When the provider said that mails to it come back, or are called spam; ends with a new proof",
    )
    password_must_change = models.BooleanField(
        default=False, help_text="A manager chose the password; nothing else is open until its owner has"
    )
    date_joined = models.DateTimeField()

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["email"]  # asked for by `createsuperuser`

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("username"), name="username_once"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="user_role_known"),
        ]
        indexes: ClassVar = [
            models.Index(Lower("email"), name="user_by_email"),
            # Of some operators' people all numbers begin alike: their parts, in `user_by_part`, find everybody.
            models.Index(LastDigits("phone"), name="user_by_phone"),
        ]

    def __str__(self) -> str:
        return self.username

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        # Django compares it with each request of a session: whatever ends tokens ends sessions too.
        salt = "parking.accounts.models.User.session"
        return salted_hmac(salt, f"{self.token_epoch}:{self.password}", secret=secret, algorithm="sha256").hexdigest()

    @property
    def reads(self) -> str:
        """Return the language in which to write to this person: the own one, English where that is not installed."""
        return known_or_english(self.language)

    @property
    def is_staff(self) -> bool:
        """Return whether the look-up site lets the user in (Django's word, not the role STAFF).

        It shows the rows of all sites, so nobody gets in who works at some of them.
        """
        return self.role in {Role.ADMIN, Role.AUDITOR} and not self.site_ids

    @property
    def is_superuser(self) -> bool:
        return self.is_staff

    def has_perm(self, _perm: str, _obj: object = None) -> bool:
        """Let those who are let in look everything up; each admin page decides what may be changed."""
        return self.is_active and self.is_staff

    def has_module_perms(self, _app_label: str) -> bool:
        return self.is_active and self.is_staff


class SignIn(models.Model):
    """One sign-in for tokens; all tokens that come of it end with it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    started_at = models.DateTimeField()
    expires_at = models.DateTimeField(help_text="When the newest refresh token runs out")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="Signed out, or a spent token was seen again")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["expires_at"], name="sign_in_by_expiry")]

    def __str__(self) -> str:
        return f"{self.user_id} since {self.started_at:%Y-%m-%d %H:%M}"


class FailedName(models.Model):
    """Failed sign-ins of one username from all addresses together, whether there is such an account or not."""

    username = models.CharField(max_length=255, unique=True, help_text="In small letters")
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()
    paused_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["last_at"], name="failed_name_by_time")]

    def __str__(self) -> str:
        return f"{self.username}: {self.failures}"


class KnownAddress(models.Model):
    """An address from which an account has signed in, as a keyed hash; pauses of its name do not hold there."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    address = models.CharField(max_length=32)
    last_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "address"], name="known_address_once")]
        indexes: ClassVar = [models.Index(fields=["last_at"], name="known_address_by_time")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.last_at:%Y-%m-%d}"


class Repetition(models.Model):
    """What is on record once for a minute, and how often it came after that."""

    key = models.CharField(max_length=64, help_text="Hash of who and what")
    minute = models.DateTimeField()
    times = models.PositiveIntegerField(default=0, help_text="Beside the first, which has a line of its own")
    actor_id = models.BigIntegerField(null=True)
    actor_role = models.CharField(max_length=10, blank=True)
    action = models.CharField(max_length=60)
    facts = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["key", "minute"], name="repetition_once")]
        indexes: ClassVar = [models.Index(fields=["minute"], name="repetition_by_minute")]

    def __str__(self) -> str:
        return f"{self.action} {self.minute:%H:%M}: {self.times}"

    # Read as a line of the record is.
    subject_kind = ""
    subject_id = None


class CallWindow(models.Model):
    """The number of calls of a throttled kind from one address in one minute, shared by all server processes."""

    scope = models.CharField(max_length=20)
    address = models.CharField(max_length=64)
    minute = models.DateTimeField()
    calls = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scope", "address", "minute"], name="call_window_once"),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.minute:%H:%M}: {self.calls}"


class ApprovalKind(models.TextChoices):
    CASH_REFUND = "CASH_REFUND", "Money of the counter that goes back"
    PASS_CANCELLATION = "PASS_CANCELLATION", "A pass that is ended before its time"
    TARIFF = "TARIFF", "A tariff of a zone that makes a running day cheaper"
    RATE_CARD = "RATE_CARD", "A version of a rate card that makes a running day cheaper"
    PROMO_CODE = "PROMO_CODE", "A promo code of 80 percent and more"
    INVOICE_WRITE_OFF = "INVOICE_WRITE_OFF", "What an organisation owes that is given up"
    EMERGENCY = "EMERGENCY", "An emergency in which every car is let out"
    VEHICLE_KIND = "VEHICLE_KIND", "Another kind of a car inside that makes it pay less"
    PLATE = "PLATE", "Another plate of a car inside that owes less"


class Decision(models.TextChoices):
    APPROVE = "APPROVE", "Approved"
    REFUSE = "REFUSE", "Refused"


class Approval(models.Model):
    """Something that one person asked for and another one decides about. Written by `accounts.approvals` alone.

    `subject_id` is the id of what it is about, by the kind; `site_id` that of its site, without a foreign key because
    accounts know no sites.
    """

    kind = models.CharField(max_length=20, choices=ApprovalKind.choices)
    subject_id = models.BigIntegerField()
    site_id = models.BigIntegerField(null=True, blank=True)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField()
    facts = models.JSONField(default=dict, help_text="Ids and amounts, as texts of rupees; no names, no plates")
    decision = models.CharField(max_length=7, choices=Decision.choices, blank=True, help_text="Empty: it waits")
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            # One thing waits for one decision at a time.
            models.UniqueConstraint(
                fields=["kind", "subject_id"], condition=models.Q(decision=""), name="approval_waits_once"
            ),
            models.CheckConstraint(condition=models.Q(kind__in=ApprovalKind.values), name="approval_kind_known"),
            models.CheckConstraint(
                condition=models.Q(decision="", decided_at=None)
                | models.Q(decision__in=Decision.values, decided_at__isnull=False),
                name="approval_decision_has_time",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["asked_at"], condition=models.Q(decision=""), name="approval_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}"


class SavedView(models.Model):
    """A filter of one of the office's lists under a name, of one person. Written by `accounts.saved_views` alone."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    list_name = models.CharField(max_length=20)
    name = models.CharField(max_length=40)
    query = models.JSONField(
        default=dict, help_text="Values by the names in the address; a day that moves along is a number of days: -6"
    )
    saved_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            # The order is that of the question for the views of a list.
            models.UniqueConstraint(fields=["person", "list_name", "name"], name="saved_view_once"),
        ]

    def __str__(self) -> str:
        return f"{self.list_name} {self.pk}"
