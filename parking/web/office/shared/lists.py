"""Long lists: filter, order and pages, all of it in the address, so that a link means the same rows tomorrow."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from parking.core.errors import InvalidInput
from parking.core.sites import Sites
from parking.reports.periods import Period, period, report_period
from parking.web.forms import ServiceForm, day_bounds
from parking.web.templatetags.parking import word

ROWS = 25
# Where in a list a page is: none of it belongs to the filter.
NO_PLACE: Mapping[str, str | None] = dict.fromkeys(("page", "after", "before", "end", "at"))
_FROM, _TO = "from", "to"


class _DayInput(forms.DateInput):
    """An input without a value that is no day, of which browsers would complain."""

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d", attrs={"type": "date"})

    def format_value(self, value: Any) -> str | None:
        text = super().format_value(value)
        return text if text and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None


class DayField(forms.DateField):
    """A day, in the one form that browsers read in every language."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        text = _("Enter a date such as 2026-11-22.")
        kwargs.setdefault("error_messages", {"invalid": text})
        kwargs.setdefault("validators", day_bounds(text))
        super().__init__(widget=_DayInput(), **kwargs)


class DaysForm(ServiceForm):
    """A span of days, read from the address, where `first` and `last` are called from and to."""

    first = DayField(label=_("From"))
    last = DayField(label=_("To"))

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data, auto_id="filter_%s")

    def add_prefix(self, field_name: str) -> str:
        return {"first": _FROM, "last": _TO}.get(field_name, field_name)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["period"] = Period()
        if not {"first", "last"} & self.errors.keys():
            try:
                data["period"] = period(first=data.get("first"), last=data.get("last"))
            except InvalidInput:
                self.add_error("last", _("Not before the first day, and at most three years after it."))
        return data


class ReportForm(DaysForm):
    """The span of days of a report at `sites`; without days the last 30, in `days`."""

    def __init__(self, data: Mapping[str, Any], *, sites: Sites) -> None:
        super().__init__(data)
        self.sites = sites

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not self.errors:
            data["days"] = report_period(
                day=None, first=data["period"].first, last=data["period"].last, sites=self.sites
            )
        return data


class FilterForm(DaysForm):
    """The filter of a list: a search, days, and the fields that the list adds."""

    q = forms.CharField(label=_("Search"), required=False, max_length=100, widget=forms.SearchInput)

    @property
    def is_narrowed(self) -> bool:
        """Return whether a field other than the search is set."""
        return any(self.data.get(self.add_prefix(name)) for name in self.fields if name not in {"q", "sort"})


def or_all(codes: Sequence[str]) -> list[tuple[str, str | Promise]]:
    """Return the choices of a filter: all, or one of the codes in words."""
    return [("", _("All")), *((code, word(code)) for code in codes)]


@dataclass(frozen=True)
class Sort:
    """The column by which a list is sorted, and the direction."""

    key: str
    downwards: bool

    @property
    def text(self) -> str:
        return f"-{self.key}" if self.downwards else self.key


def sort_of(request: HttpRequest, keys: Sequence[str], usual: str) -> Sort:
    """Return the order that the address asks for; the default one for an unknown column."""
    wanted = request.GET.get("sort", "")
    if wanted.removeprefix("-") not in keys:
        wanted = usual
    return Sort(wanted.removeprefix("-"), wanted.startswith("-"))


@dataclass(frozen=True)
class Head:
    """The head of a column; sortable ones have an address that sorts by it, or reverses the order."""

    label: str | Promise
    address: str = ""
    direction: str = ""  # of aria-sort
    is_number: bool = False
    is_of_menus: bool = False


@dataclass(frozen=True)
class Column:
    """A column of a list; `key` is what it is sorted by, empty if it is not sortable.

    The head of a column of menus is heard, and not seen.
    """

    label: str | Promise
    key: str = ""
    is_number: bool = False
    first_down: bool = False
    is_of_menus: bool = False


MENUS = Column(_("Actions"), is_of_menus=True)


def heads_of(request: HttpRequest, columns: Sequence[Column], sort: Sort) -> list[Head]:
    """Return the heads of a list in this order."""
    heads = []
    for column in columns:
        active = bool(column.key) and column.key == sort.key
        turned = not sort.downwards if active else column.first_down
        direction = ("descending" if sort.downwards else "ascending") if active else ""
        address = address_with(request, **NO_PLACE, sort=Sort(column.key, turned).text) if column.key else ""
        heads.append(Head(column.label, address, direction, column.is_number, column.is_of_menus))
    return heads


def address_with(request: HttpRequest, **changes: str | None) -> str:
    """Return the query of this page with some values changed, or removed for None."""
    return f"?{urlencode(_query(request, changes), doseq=True)}"


def filter_query(request: HttpRequest) -> str:
    """Return the query of the filter alone, for the addresses of files."""
    query = urlencode(_query(request, {**NO_PLACE, "sort": None}), doseq=True)
    return f"?{query}" if query else ""


def _query(request: HttpRequest, changes: Mapping[str, str | None]) -> dict[str, list[str]]:
    query = {name: values for name, values in request.GET.lists() if any(values)}
    query |= {name: [value] for name, value in changes.items() if value is not None}
    return {name: values for name, values in query.items() if changes.get(name, "") is not None}


@dataclass(frozen=True)
class Sheet:
    """One page of a list, its position in the whole, and the addresses of its neighbours."""

    rows: Sequence[Any]
    count: int
    number: int
    pages: int
    before: str
    after: str
    # A page was asked for that is not there: this is the last one.
    is_beyond: bool
    # The addresses of the first and the last page, where this is another one.
    start: str = ""
    end: str = ""
    # More than LONG rows, of which nobody knows the number: `number` and `pages` say nothing.
    # Without a `count` they may be fewer: nobody counted them.
    is_long: bool = False
    # A list that is too long for the order that was asked for.
    is_unsorted: bool = False
    # What the form that jumps to a day sends along; None where no day can be jumped to.
    kept: Sequence[tuple[str, str]] | None = None

    @property
    def first(self) -> int:
        return (self.number - 1) * ROWS + 1 if self.count else 0

    @property
    def last(self) -> int:
        return min(self.number * ROWS, self.count)


def sheet_of(
    request: HttpRequest,
    rows: "QuerySet[Any, Any] | None",
    *,
    count: int | None = None,
    number: int | None = None,
) -> Sheet:
    """Return the page of a number, or the one that the address asks for.

    The last one if the number is too high, the first one for none.
    """
    if rows is None:
        return Sheet([], 0, 1, 1, "", "", is_beyond=False)
    total = rows.count() if count is None else count
    pages = max(-(-total // ROWS), 1)
    wanted = _number(request.GET.get("page", "")) if number is None else number
    number = min(max(wanted or 1, 1), pages)
    start = (number - 1) * ROWS
    return Sheet(
        rows=_rows_after(rows, start, total) if total else [],
        count=total,
        number=number,
        pages=pages,
        before=_at_page(request, number - 1) if number > 1 else "",
        after=_at_page(request, number + 1) if number < pages else "",
        start=_at_page(request, 1) if number > 1 else "",
        end=_at_page(request, pages) if number < pages else "",
        is_beyond=number != wanted and bool(request.GET.get("page")),
    )


def _rows_after(rows: "QuerySet[Any, Any]", start: int, total: int) -> list[Any]:
    """Return the rows of a page that begins after `start` of `total` rows.

    The ids alone are sorted: joined to all that a page shows, each of the other rows would cost its look-ups.
    """
    if total <= ROWS or rows.query.combinator:
        return list(rows[start : start + ROWS])
    return list(rows.filter(pk__in=list(rows.values_list("pk", flat=True)[start : start + ROWS])))


def _at_page(request: HttpRequest, number: int) -> str:
    return address_with(request, **{**NO_PLACE, "page": str(number)})


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def refuse_wrong_filter(form: DaysForm) -> None:
    """Raise InvalidInput if the filter is wrong; for files, which cannot show a form."""
    if not form.is_valid():
        raise InvalidInput({name: [str(text) for text in texts] for name, texts in form.errors.items()})
