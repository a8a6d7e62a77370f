"""What can be wrong with a row of an imported file, and what becomes of a row."""

from dataclasses import dataclass, field
from enum import StrEnum

from parking.core.errors import DomainError


class FaultCode(StrEnum):
    """The kinds of faults; the sentences are those of `parking/edge/import_wording.py`."""

    COLUMN_MISSING = "column_missing"
    COLUMN_UNKNOWN = "column_unknown"
    FORMULA = "formula"
    EMPTY = "empty"
    TWICE = "twice"
    ZONE_UNKNOWN = "zone_unknown"
    ZONE_UNMARKED = "zone_unmarked"
    NUMBER_INVALID = "number_invalid"
    KIND_UNKNOWN = "kind_unknown"
    USERNAME_INVALID = "username_invalid"
    NAME_INVALID = "name_invalid"
    ROLE_UNKNOWN = "role_unknown"
    MAIL_INVALID = "mail_invalid"
    PERMISSION_UNKNOWN = "permission_unknown"
    PERMISSIONS_OF_STAFF = "permissions_of_staff"
    PERSON_DIFFERS = "person_differs"
    PLATE_INVALID = "plate_invalid"
    DATE_INVALID = "date_invalid"
    DATES_REVERSED = "dates_reversed"
    LIST_FULL = "list_full"
    REFUSED = "refused"


@dataclass(frozen=True)
class Fault:
    """A fault with its place: sheet, row (1 is the heading), and the name of the column, empty for the whole row.

    `found` is what stands there; `error` is the refusal of a service, for the code `refused`.
    """

    sheet: str
    row: int
    column: str
    code: FaultCode
    found: str = ""
    error: DomainError | None = None


class Action(StrEnum):
    """What becomes of a row."""

    ADD = "ADD"
    CHANGE = "CHANGE"
    KEEP = "KEEP"
    # Only of a list of vehicles: it is on it until a day.
    LEAVE = "LEAVE"


@dataclass(frozen=True)
class Outcome:
    """What would become, or became, of a row; `name` is the slot with its zone, the username, or the plate.

    Row 0 is what the file does not have.
    """

    sheet: str
    row: int
    name: str
    action: Action


@dataclass
class Report:
    """All rows and all faults; `is_done` says that the rows were carried out, which takes a file without faults."""

    outcomes: list[Outcome] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    is_done: bool = False

    def count(self, sheet: str, action: Action) -> int:
        """Return how many rows of a sheet meet this."""
        return sum(1 for row in self.outcomes if (row.sheet, row.action) == (sheet, action))

    def in_order(self) -> "Report":
        """Put rows and faults in the order of the file."""
        self.outcomes.sort(key=lambda row: (row.sheet != "Slots", row.row))
        self.faults.sort(key=lambda fault: (fault.sheet != "Slots", fault.row))
        return self
