"""What attendants let pass otherwise than by a scan and its money, counted per attendant."""

from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.reports.gate_counts import GateCounts, gate_counts
from parking.web.access import for_office
from parking.web.office.shared.lists import ReportForm


@dataclass(frozen=True)
class Column:
    """A column beside the username: the count that it shows, its heading, and how it is aligned."""

    name: str
    label: Promise
    align: str = "number"


COLUMNS = (
    Column("entries", _("Entries")),
    Column("exits", _("Exits")),
    Column("without_qr", _("Without a code")),
    Column("lost_tickets", _("Lost tickets")),
    Column("pay_later", _("Pay later")),
    Column("owed", _("Owed"), "money"),
    Column("notes", _("Notes")),
    Column("tickets_given", _("Tickets given")),
    Column("tickets_entered", _("Let in later")),
    Column("tickets_gone", _("Car never came")),
    Column("emergencies", _("In emergencies")),
    Column("tokens", _("Tokens")),
    Column("paper_slips", _("Paper slips")),
    Column("codes", _("Codes and vouchers")),
    Column("exempted", _("Exempted")),
)


@dataclass(frozen=True)
class Row:
    """An attendant, and what stands in each column."""

    username: str
    cells: list[tuple[Column, int | Decimal]]


@require_safe
@for_office
def counts(request: HttpRequest) -> HttpResponse:
    """Show per attendant the cars without a code, lost tickets, cars that pay later, and tickets never let in."""
    form = ReportForm(request.GET, sites=actor_of(request).sites)
    found = gate_counts(period=form.cleaned_data["days"], sites=form.sites) if form.is_valid() else []
    return page(
        request, "office/gate_counts.html", section="users", form=form, columns=COLUMNS, rows=list(map(_row, found))
    )


def _row(found: GateCounts) -> Row:
    return Row(found.username, [(column, getattr(found, column.name)) for column in COLUMNS])
