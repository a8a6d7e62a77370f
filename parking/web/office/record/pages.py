"""The audit record: who did what, and what was refused."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from parking.audit.events import Refusal, read_event
from parking.audit.models import AuditEntry
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.reports.record import actor_kind_of, names_of_actors, record_lines, record_walk
from parking.reports.sheets import RECORD_COLUMNS, record_table
from parking.reports.walking import count_up_to_long, rows_of
from parking.web.access import for_office
from parking.web.office.record.record_filter import COLUMNS, RecordFilterForm, record_filter
from parking.web.office.shared.chips import chips_of, today_of
from parking.web.office.shared.files import office_file
from parking.web.office.shared.lists import Sheet, Sort, filter_query, heads_of, refuse_wrong_filter, sheet_of
from parking.web.office.shared.saved_views import saved_views
from parking.web.office.shared.walked import walked_sheet

# Pages of the things that lines are about, by their kinds.
_PAGES = {"session": "office_session", "zone": "office_zone", "slot": "office_slot", "user": "office_user"}


@dataclass(frozen=True)
class Line:
    """A line as the page shows it: who acted (a username, or the code of a role), the address of what it is about."""

    entry: AuditEntry
    who: str
    address: str

    @property
    def action(self) -> str:
        event = read_event(self.entry)
        return event.code if isinstance(event, Refusal) else self.entry.action

    @property
    def facts(self) -> list[tuple[str, str]]:
        """Return the facts as pairs of name and text."""
        return [(name, _text(value)) for name, value in self.entry.facts.items() if value not in (None, "", [], {})]


@require_safe
@for_office
def listing(request: HttpRequest) -> HttpResponse:
    """Show the lines of a filter, page by page, the newest first."""
    form = record_filter(request)
    sheet = _sheet(request, form)
    return page(
        request,
        "office/record.html",
        section="record",
        form=form,
        saved=saved_views(request, "record"),
        chips=chips_of(request, [(*today_of(None), None), (gettext("Refused"), {"outcome": "no"}, None)]),
        heads=heads_of(request, COLUMNS, Sort("", downwards=True)),
        sheet=replace(sheet, rows=_lines(sheet.rows)),
        file_query=filter_query(request),
    )


def _sheet(request: HttpRequest, form: RecordFilterForm) -> Sheet:
    if not form.is_valid():
        return sheet_of(request, None)
    lines = record_lines(form.wanted, actor=actor_of(request))
    return walked_sheet(request, lines, record_walk(lines), count=count_up_to_long(lines))


@require_safe
@for_office
def file(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Send the same lines as a CSV or XLSX file."""
    form = record_filter(request)
    refuse_wrong_filter(form)
    rows = record_lines(form.wanted, actor=actor_of(request))
    return office_file(kind, "record", RECORD_COLUMNS, record_table(rows_of(record_walk(rows))), counted=rows)


def _lines(entries: Sequence[AuditEntry]) -> list[Line]:
    names = names_of_actors(entries)
    return [Line(entry, _who(entry, names), _address(entry)) for entry in entries]


def _who(entry: AuditEntry, names: dict[int, str]) -> str:
    return names.get(entry.actor_id or 0) or entry.actor_role or actor_kind_of(entry).value


def _address(entry: AuditEntry) -> str:
    known = entry.subject_kind in _PAGES and entry.subject_id is not None
    return reverse(_PAGES[entry.subject_kind], args=[entry.subject_id]) if known else ""


def _text(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_text(item)}" for name, item in value.items())
    if isinstance(value, list):
        return " → ".join(_text(item) for item in value) if len(value) == 2 else ", ".join(map(_text, value))
    return "-" if value is None else str(value)
