"""The form of all settings of a car park, or of the installation."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from parking.core.languages import installed
from parking.core.pictures import MOST_BYTES
from parking.core.site_settings import BRAND_LOGO, GATE_DUTIES, GROUPS, SECOND_LANGUAGE, Duties, Setting
from parking.facilities.setting_values import INSTALLATION, SITE, Current
from parking.web.forms import ServiceForm, dress
from parking.web.office.shared.fields import EditForm, WholeField

HEADINGS: dict[str, Promise] = {
    "stays": _("Bookings and sessions"),
    "reservations": _("Reservations"),
    "limits": _("What one driver may hold"),
    "money": _("Money"),
    "gate": _("At the gate"),
    "kept": _("How long records are kept"),
    "brand": _("Brand"),
}
LABELS: dict[str, Promise] = {
    "hold_minutes": _("Minutes to pay the booking fee"),
    "no_show_minutes": _("Minutes to arrive"),
    "cancel_window_seconds": _("Seconds in which cancelling is free"),
    "long_stay_hours": _("Hours after which a stay counts as long"),
    "reservable_percent": _("Percent of the slots that can be reserved ahead"),
    "claim_minutes": _("Minutes before the start at which a reservation gets its slot"),
    "look_ahead_minutes": _("Minutes for which slots are kept free for reservations"),
    "cancel_ahead_minutes": _("Minutes before the start up to which cancelling a reservation is free"),
    "offer_minutes": _("Minutes in which an offer of the waiting list must be accepted"),
    "booking_limit": _("Open bookings of one driver (0: any number)"),
    "unpaid_limit": _("Unpaid bookings of one driver (0: any number)"),
    "abandoned_limit": _("Bookings cancelled or unpaid in an hour, until the driver waits an hour (0: never)"),
    "quote_minutes": _("Minutes that a bill holds at the gate"),
    "paid_ahead_minutes": _("Minutes to leave after paying ahead"),
    "debt_amber_above": _("Rupees of debt above which the gate shows amber"),
    "refund_second_payment": _("A second payment of the same (1: refunded automatically, 0: after a manager's word)"),
    "points": _("Points for drivers (1: on, 0: off)"),
    "receipt_footer": _("Last line of receipts"),
    "gate_duties": _("What attendants look after"),
    "green_seconds": _("Seconds that a green answer is shown"),
    "counter_upi": _("UPI address for payments at the counter; empty: no QR code"),
    "card_terminals": _("Card terminals (TID), with commas between; empty: no cards at the gate"),
    "typed_references": _("UPI references and card slips that attendants type (1: taken, 0: not)"),
    "pay_later_per_plate": _("Debts with which a plate may not pay later again"),
    "pay_later_per_attendant": _("Cars that an attendant may let pay later in eight hours"),
    "pay_later_proof": _("Who pays later leaves a phone number or is on a photo (1: yes, 0: the plate is enough)"),
    "supervisor_phone": _("Phone number of the supervisor, for attendants"),
    "second_language": _("Second language of slips and counter displays"),
    "notices_kept_days": _("Days after which notices are deleted"),
    "brand_name": _("Name on pages, mails and tickets"),
    "brand_colour": _("Colour, dark enough for white text"),
}


DUTIES: dict[str, str | Promise] = {
    Duties.ONE.value: _("The gate alone: one attendant"),
    Duties.FLOOR.value: _("The gate and the floor: slots and cars inside too"),
    Duties.FULL.value: _("Everything"),
}


class LogoForm(ServiceForm):
    """The operator's logo."""

    file = forms.FileField(
        label=_("Logo"),
        help_text=_("PNG, JPEG or WebP, at most 1 MB. It is shown on pages, documents and icons."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )

    def content(self) -> bytes:
        """Return the picture, and one byte more than is taken of a larger one."""
        read: bytes = self.cleaned_data["file"].read(MOST_BYTES + 1)
        return read


class SettingsForm(EditForm):
    """A field for each setting of one place; an empty one returns to the default."""

    def __init__(self, data: Any, current: Sequence[Current], *, site_id: int | None) -> None:
        place = INSTALLATION if site_id is None else SITE
        super().__init__(
            data, initial={row.setting.name: row.value if row.source == place else None for row in current}
        )
        for row in current:
            if row.setting is BRAND_LOGO:
                continue  # a picture, with a form of its own
            self.fields[row.setting.name] = dress(_field(row))
        groups = {code: [self[one.name] for one in group if one.name in self.fields] for code, group in GROUPS.items()}
        self.groups = [(HEADINGS[code], fields) for code, fields in groups.items() if fields]

    def changes(self) -> dict[str, Any]:
        """Return the values that were changed; None returns to the default."""
        return {name: None if value == "" else value for name, value in self.altered().items()}


def _field(row: Current) -> forms.Field:
    setting: Setting[Any] = row.setting
    label = str(LABELS[setting.name])
    if setting is SECOND_LANGUAGE:
        return forms.ChoiceField(label=label, choices=_second_languages(row.default), required=False)
    if setting is GATE_DUTIES:
        return forms.ChoiceField(label=label, choices=_as_usual(DUTIES, row.default), required=False)
    if isinstance(setting.default(), str):
        hint = gettext("Empty: %(value)s") % {"value": row.default} if row.default else ""
        return forms.CharField(label=label, help_text=hint, max_length=setting.most, required=False, empty_value=None)
    hint = gettext("Empty: %(value)s") % {"value": row.default}
    return WholeField(label=label, help_text=hint, least=setting.least, most=setting.most, required=False)


def _second_languages(usual: str) -> list[tuple[str, str]]:
    """Return the choices of a site's second language; the first one follows the default."""
    names = installed() | {settings.LANGUAGE_CODE: gettext("None: English alone")}
    return _as_usual(names, usual)


def _as_usual(names: Mapping[str, str | Promise], usual: str) -> list[tuple[str, str]]:
    first = gettext("As usual: %(value)s") % {"value": names.get(usual, usual)}
    return [("", first), *((code, str(name)) for code, name in names.items())]
