"""The page that shows every component in its states; in development only."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from parking.core import clock
from parking.edge.pages import page
from parking.web.components import Kpi, amount_text
from parking.web.forms import ServiceForm
from parking.web.office.shared.navigation import Group, Shown
from parking.web.office.shared.saved_views import SavedViews, ShownView
from parking.web.templatetags.parking import word

STATES = ("BOOKED", "ACTIVE", "COMPLETED", "CANCELLED", "PENDING", "REVIEW", "PAID", "OCCUPIED", "FREE")
AMOUNTS = (Decimal(1250), Decimal("1250.50"), Decimal(-80), Decimal(1946280), Decimal(0))
SPARK = (61, 78, 55, 52, 55, 58, 66, 64, 79, 58, 53, 57, 61, 82)


class _SampleForm(ServiceForm):
    """A form of which one field is wrong."""

    plate = forms.CharField(label=_("Plate"), max_length=12, widget=forms.TextInput(attrs={"class": "plate-field"}))
    owner = forms.CharField(label=_("Owner's name"), required=False, help_text=_("as on the receipt"))
    kind = forms.ChoiceField(label=_("Vehicle"), choices=[("CAR", _("Car")), ("EV", _("Electric car"))])
    remember = forms.BooleanField(label=_("Remember this vehicle"), required=False)


@dataclass(frozen=True)
class _Cell:
    text: str
    is_number: bool = False


@dataclass(frozen=True)
class _Row:
    cells: list[_Cell]
    href: str = "#table"


@dataclass(frozen=True)
class _Samples:
    """What the components are drawn with."""

    tabs: list[dict[str, Any]] = field(default_factory=list)
    heads: list[dict[str, Any]] = field(default_factory=list)
    rows: list[_Row] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    kpis: list[Kpi] = field(default_factory=list)
    saved: SavedViews | None = None


def is_shown() -> bool:
    """Return whether this is a developer's server."""
    return bool(settings.DEBUG)


@require_safe
def design(request: HttpRequest) -> HttpResponse:
    """Show all components. Raises Http404 outside of development."""
    if not is_shown():
        raise Http404
    now = clock.now()
    return page(
        request,
        "web/design.html",
        samples=_samples(),
        form=_SampleForm({"plate": "", "kind": "CAR"}),
        states=STATES,
        amounts=AMOUNTS,
        moments=[now, now - timedelta(days=1), now - timedelta(days=3), now - timedelta(days=400)],
    )


def _samples() -> _Samples:
    now = clock.now()
    plates = [("DL 01 AB 1234", "ACTIVE", 150), ("MH 12 QX 0456", "COMPLETED", 80), ("KA 05 MJ 2020", "BOOKED", 50)]
    return _Samples(
        tabs=[
            {"label": gettext("All"), "href": "#tabs", "is_current": True, "number": 23},
            {"label": word("ACTIVE"), "href": "#tabs", "number": 9},
            {"label": word("PENDING"), "href": "#tabs", "number": None},
        ],
        heads=[
            {"label": gettext("Plate")},
            {"label": gettext("State")},
            {"label": gettext("Amount"), "is_number": True},
        ],
        rows=[
            _Row([_Cell(plate), _Cell(word(state)), _Cell(amount_text(Decimal(amount)), is_number=True)])
            for plate, state, amount in plates
        ],
        events=[
            _event(now - timedelta(hours=5), "calendar", "", word("BOOKED"), "Asha Rao"),
            _event(now - timedelta(hours=4), "login", "green", word("ACTIVE"), "Pooja Nair"),
            _event(now - timedelta(minutes=8), "clock", "amber", word("PENDING"), "Ravi Kumar"),
            _event(now, "receipt-refund", "red", word("REFUSED"), word("SYSTEM")),
        ],
        kpis=[
            Kpi(gettext("Revenue today"), "₹48,620", href="#kpis", change=12, usual="₹43,410", values=SPARK, same=6),
            Kpi(gettext("Debts"), "₹1,240", change=38, usual="₹900", is_good=False, values=SPARK, same=6),
            Kpi(gettext("Cars inside"), "220", aside="74 %"),
        ],
        saved=SavedViews(
            "sessions",
            [ShownView(1, word("UNPAID"), "#views", is_current=False)],
            "#views",
            {"unpaid": "on"},
            is_filtered=True,
        ),
        groups=[
            Group("", [Shown(gettext("Dashboard"), "dashboard", "#side", is_current=True)]),
            Group(
                gettext("Money"),
                [
                    Shown(gettext("Payments"), "currency-rupee", "#side", is_current=False),
                    Shown(gettext("Needs attention"), "alert-circle", "#side", False, count=23, is_alert=True),
                    Shown(gettext("Debts"), "receipt", "#side", is_current=False, count=52),
                ],
            ),
        ],
    )


def _event(at: Any, icon: str, tone: str, title: str, who: str) -> dict[str, Any]:
    return {"at": at, "icon": icon, "tone": tone, "title": title, "text": "₹150", "who": who, "where": ""}
