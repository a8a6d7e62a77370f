"""What drivers inside are told before the last exit of a car park: an hour, and a quarter of an hour ahead."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from parking.checkout.driver_messages import to_driver
from parking.facilities.models import ParkingSite
from parking.notifications.kinds import Kind, Message, ValueType, register_kind
from parking.notifications.models import Channel, Notice
from parking.notifications.noticing import tell
from parking.stays.models import ParkingSession, SessionStatus

# So long before the last exit, the nearest first.
STEPS = (timedelta(minutes=15), timedelta(minutes=60))
MOST_AT_ONCE = 500


def _is_inside_in_time(notice: Notice, now: datetime) -> bool:
    """Return whether the car has still to leave, and can."""
    inside = ParkingSession.objects.filter(pk=notice.values["session"], status=SessionStatus.ACTIVE)
    return now < datetime.fromisoformat(notice.values["leave_by"]) and inside.exists()


LAST_EXIT = Kind(
    "last_exit",
    _("Last exit from %(site)s: %(leave_by)s"),
    _("%(plate)s is still at %(zone)s, %(site)s. Please leave by %(leave_by)s. After that no car can leave."),
    {
        "plate": ValueType.PLATE,
        "zone": ValueType.TEXT,
        "site": ValueType.TEXT,
        "leave_by": ValueType.TIME,
        "session": ValueType.NUMBER,
    },
    channels=frozenset({Channel.PUSH}),
    at_any_hour=True,
    is_current=_is_inside_in_time,
    button=_("Open the ticket"),
    name=_("Reminder before the last exit"),
)


def remind_of_last_exits(*, now: datetime) -> int:
    """Tell drivers whose cars are inside that the last exit is near; answers how many. Safe to repeat."""
    sites = ParkingSite.objects.filter(retired_at=None).order_by("pk")
    return sum(_remind_at(site, site.last_exit_at, now) for site in sites if site.last_exit_at is not None)


def next_last_exit(last_exit_at: time, zone: ZoneInfo, now: datetime) -> datetime:
    """Return the next moment of a time of day in a time zone, in UTC."""
    today = now.astimezone(zone).date()
    moments = (datetime.combine(today + timedelta(days=n), last_exit_at, zone).astimezone(UTC) for n in range(2))
    return next(moment for moment in moments if moment > now)


def _remind_at(site: ParkingSite, last_exit_at: time, now: datetime) -> int:
    last = next_last_exit(last_exit_at, ZoneInfo(site.time_zone), now)
    step = next((step for step in STEPS if last - now <= step), None)
    if step is None:
        return 0
    ending = f":{last:%Y%m%d%H%M}:{step // timedelta(minutes=1)}"
    with transaction.atomic():
        messages = [one for session in _not_told(site, ending) for one in _message(session, last, ending)]
        return tell(messages, source=f"last_exit{ending}", at=now, now=now)


def _not_told(site: ParkingSite, ending: str) -> QuerySet[ParkingSession]:
    source = Concat(Value("last_exit:"), Cast(OuterRef("pk"), CharField()), Value(ending))
    told = Notice.objects.filter(source=source, person=OuterRef("driver"))
    inside = ParkingSession.objects.whole().filter(status=SessionStatus.ACTIVE, zone__site=site)
    # Nothing is told to an account that is suspended: it would be looked at again and again.
    return inside.filter(~Exists(told), driver__is_active=True).order_by("pk")[:MOST_AT_ONCE]


def _message(session: ParkingSession, last: datetime, ending: str) -> list[Message]:
    fact = f"last_exit:{session.pk}{ending}"
    return to_driver(session, LAST_EXIT, fact=fact, leave_by=last, session=session.pk)


def register() -> None:
    """Register the kind."""
    register_kind(LAST_EXIT)
