"""Plans and passes in words: for how long, where, which vehicles, when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from parking.core.qr import qr_data_uri
from parking.facilities.models import ParkingZone
from parking.passes.coverage import Coverage
from parking.passes.models import PassStatus, PassVehicle, Plan, Subscription
from parking.passes.queries import coming_vehicles, present_vehicles
from parking.tariffs.rules.terms import WEEK, clock_text
from parking.web.templatetags.parking import word

PERIODS: dict[str, Promise] = {
    "DAY": gettext_lazy("a day"),
    "WEEK": gettext_lazy("a week"),
    "MONTH": gettext_lazy("a month"),
    "QUARTER": gettext_lazy("three months"),
}
DAY_NAMES: dict[str, Promise] = {
    "MON": pgettext_lazy("weekday", "Mon"),
    "TUE": pgettext_lazy("weekday", "Tue"),
    "WED": pgettext_lazy("weekday", "Wed"),
    "THU": pgettext_lazy("weekday", "Thu"),
    "FRI": pgettext_lazy("weekday", "Fri"),
    "SAT": pgettext_lazy("weekday", "Sat"),
    "SUN": pgettext_lazy("weekday", "Sun"),
}


def period_words(period: str) -> str:
    """Return what the price is for: a month."""
    return str(PERIODS.get(period, period))


def words_of(covers: Coverage, zones: Sequence[ParkingZone]) -> list[str]:
    """Return what a pass covers, a short line for each thing; `zones` are those that it names."""
    names = ", ".join(zone.name for zone in zones)
    lines = [names or _("All zones of the car park"), _times(covers)]
    if covers.kinds:
        lines.append(", ".join(word(kind) for kind in covers.kinds))
    if covers.vehicles > 1:
        vehicles = ngettext("%(n)d vehicle", "%(n)d vehicles", covers.vehicles) % {"n": covers.vehicles}
        inside = ngettext("%(n)d inside at once", "%(n)d inside at once", covers.inside) % {"n": covers.inside}
        lines.append(f"{vehicles}, {inside}")
    return lines


def _times(covers: Coverage) -> str:
    days = "" if covers.days == WEEK else ", ".join(str(DAY_NAMES[day]) for day in covers.days)
    is_round_the_clock = covers.begins == covers.ends
    hours = "" if is_round_the_clock else f"{clock_text(covers.begins)}–{clock_text(covers.ends)}"  # noqa: RUF001
    return " ".join(filter(None, (days, hours))) or _("Day and night, every day")


@dataclass(frozen=True)
class ShownPlan:
    """A plan with what it covers in words."""

    plan: Plan
    words: list[str]
    period: str


def shown_plan(plan: Plan) -> ShownPlan:
    words = words_of(plan.coverage, list(plan.zones.all()))
    if plan.reserved:
        words.append(_("A slot of its own, always kept free"))
    return ShownPlan(plan, words, period_words(plan.period))


@dataclass(frozen=True)
class ShownPass:
    """A pass with its state, its plates now and later, and what it covers in words."""

    held: Subscription
    state: str
    plates: list[str]
    leaving: list[PassVehicle]
    coming: list[PassVehicle]
    words: list[str]

    @property
    def is_open(self) -> bool:
        return self.held.status in {PassStatus.PENDING, PassStatus.ACTIVE}

    @property
    def picture(self) -> str:
        """Return the code as a picture."""
        return qr_data_uri(self.held.pass_code)


def shown_pass(held: Subscription, now: datetime) -> ShownPass:
    """Return a pass, which must come with its plan, zones and vehicles, as pages show it."""
    moment = max(now, held.starts_at)
    present, later = present_vehicles(held, moment), coming_vehicles(held)
    return ShownPass(
        held=held,
        state=_state(held, now),
        plates=[row.vehicle.vehicle_number for row in present],
        leaving=[row for row in present if row not in later],
        coming=[row for row in later if row not in present],
        words=words_of(held.coverage, list(held.plan.zones.all())),
    )


def _state(held: Subscription, now: datetime) -> str:
    """Return the code of a pass's state: one that is paid may begin later, or wait for its renewal."""
    if held.status != PassStatus.ACTIVE:
        return f"PASS_{held.status}"
    if now < held.starts_at:
        return "PASS_COMING"
    return "PASS_ACTIVE" if now < held.ends_at else "PASS_GRACE"
