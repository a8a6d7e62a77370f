"""Slots and people from one XLSX file: tried, carried out whole or not at all, and safe to repeat."""

import zipfile
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook

from parking.accounts.models import Role, User
from parking.accounts.vouching import is_dependent
from parking.audit.models import AuditEntry
from parking.core import clock
from parking.edge.import_wording import _SENTENCES
from parking.facilities.importing import workbook
from parking.facilities.importing.faults import FaultCode
from parking.facilities.models import ParkingSite, ParkingSlot, ParkingZone
from tests.api.reading import data_of, problem_of
from tests.build import actor, book, make_user, make_zone
from tests.client import ApiClient
from tests.invariants import nothing_changes
from tests.moments import START

pytestmark = pytest.mark.django_db

SLOTS, PEOPLE = ("zone", "number", "kind"), ("username", "name", "role", "mail", "permissions")
RAVI = ("ravi", "Ravi Kumar", "STAFF", "ravi@example.org", "move, refund=200/1000")


def xlsx(slots: list[tuple[Any, ...]] | None = None, people: list[tuple[Any, ...]] | None = None) -> bytes:
    made = Workbook()
    made.remove(made.worksheets[0])
    for name, heading, rows in (("Slots", SLOTS, slots), ("People", PEOPLE, people)):
        if rows is not None:
            sheet = made.create_sheet(name)
            for row in (heading, *rows):
                sheet.append(row)
    file = BytesIO()
    made.save(file)
    return file.getvalue()


@pytest.fixture
def place() -> ParkingZone:
    return make_zone("Zone A", slots=0)


def send(user: User, zone: ParkingZone, content: bytes, **fields: str) -> Any:
    client = ApiClient(user)
    file = BytesIO(content)
    file.name = "site.xlsx"
    address = f"/api/admin/sites/{zone.site_id}/import/"
    return client.client.post(address, {"file": file, **fields}, headers=client.headers)


def faults_of(answer: Any) -> list[tuple[str, int, str, str]]:
    return [(each["sheet"], each["row"], each["column"], each["code"]) for each in data_of(answer)["faults"]]


def test_a_dry_run_names_every_row_and_changes_nothing(admin: User, place: ParkingZone) -> None:
    content = xlsx([("zone a", "A-1", None), ("Zone A", "A-002", "ev")], [RAVI])
    with nothing_changes():
        answered = data_of(send(admin, place, content, dry_run="true"))
    assert answered == {
        "done": False,
        "rows": [
            {"sheet": "Slots", "row": 2, "name": "Zone A A-001", "action": "ADD"},
            {"sheet": "Slots", "row": 3, "name": "Zone A A-002", "action": "ADD"},
            {"sheet": "People", "row": 2, "name": "ravi", "action": "ADD"},
        ],
        "faults": [],
    }


def test_the_file_is_carried_out_once(admin: User, place: ParkingZone) -> None:
    content = xlsx([("Zone A", f"A-{number:03d}", "CAR") for number in range(1, 41)], [RAVI])
    assert data_of(send(admin, place, content))["done"] is True
    assert place.slots.count() == 40
    ravi = User.objects.get(username="ravi")
    assert (ravi.role, ravi.first_name, ravi.last_name, ravi.email) == ("STAFF", "Ravi", "Kumar", "ravi@example.org")
    assert (ravi.site_ids, ravi.has_usable_password()) == ([place.site_id], False)
    assert is_dependent(first_id=admin.pk, second=actor(ravi), now=clock.now())
    assert ravi.permissions == {
        "terminate": False,
        "move": True,
        "collect_debt": False,
        "voucher": False,
        "assign_special": False,
        "refund": {"each": "200", "per_day": "1000"},
    }
    assert AuditEntry.objects.filter(action="slots.added").count() == 1
    with nothing_changes():
        again = data_of(send(admin, place, content))
    assert {row["action"] for row in again["rows"]} == {"KEEP"}


def test_one_fault_takes_all_back(admin: User, place: ParkingZone) -> None:
    content = xlsx([("Zone A", "A-001", "CAR"), ("Zone X", "A-002", "CAR")], [RAVI])
    with nothing_changes():
        answer = send(admin, place, content)
    assert data_of(answer)["done"] is False
    assert data_of(answer)["faults"] == [
        {
            "sheet": "Slots",
            "row": 3,
            "column": "zone",
            "code": "zone_unknown",
            "message": "This car park has no zone Zone X. Make it first.",
        }
    ]


def test_every_fault_is_named_by_sheet_row_and_column(admin: User, place: ParkingZone) -> None:
    make_zone("Ground", slots=0, marked=False)
    slots = [
        ("Zone A", "=1+1", "CAR"),
        ("Zone B", "none", "CAR"),
        ("Zone A", "A-001", "BUS"),
        (None, "A-001", "CAR"),
        ("Ground", "A-001", "CAR"),
        ("Zone A", "A-005", "CAR"),
        ("Zone A", "A-5", "CAR"),
    ]
    people = [
        ("r v", "", "STAFF", "a@example.org", ""),
        ("a", "", "USER", "a@example.org", ""),
        ("b", "", "STAFF", "nobody", ""),
        ("c", "", "STAFF", "a@", "fly"),
        ("d", "", "AUDITOR", "a@example.org", "move"),
        ("e", "", "STAFF", "a@example.org", ""),
        ("E", "", "STAFF", "a@example.org", ""),
        (admin.username, "", "STAFF", "a@example.org", ""),
    ]
    with nothing_changes():
        answer = send(admin, place, xlsx(slots, people))
    assert faults_of(answer) == [
        ("Slots", 2, "number", "formula"),
        ("Slots", 3, "zone", "zone_unknown"),
        ("Slots", 3, "number", "number_invalid"),
        ("Slots", 4, "kind", "kind_unknown"),
        ("Slots", 5, "zone", "empty"),
        ("Slots", 6, "zone", "zone_unmarked"),
        ("Slots", 8, "number", "twice"),
        ("People", 2, "username", "username_invalid"),
        ("People", 3, "role", "role_unknown"),
        ("People", 4, "mail", "mail_invalid"),
        ("People", 5, "mail", "mail_invalid"),
        ("People", 5, "permissions", "permission_unknown"),
        ("People", 6, "permissions", "permissions_of_staff"),
        ("People", 8, "username", "twice"),
        ("People", 9, "username", "person_differs"),
    ]


def test_the_kind_of_a_slot_changes_unless_it_is_in_use(admin: User, driver: User) -> None:
    place = make_zone("Zone A", slots=2)
    taken = book(driver, place, now=START).slot_number
    free = "A-002" if taken == "A-001" else "A-001"
    done = data_of(send(admin, place, xlsx([("Zone A", free, "EV")])))
    assert [row["action"] for row in done["rows"]] == ["CHANGE"]
    assert ParkingSlot.objects.get(zone=place, slot_number=free).kind == "EV"
    refused = send(admin, place, xlsx([("Zone A", taken, "EV")]))
    assert faults_of(refused) == [("Slots", 2, "kind", "slot_in_use")]


def test_a_manager_of_another_site_learns_nothing(admin: User, place: ParkingZone) -> None:
    other = ParkingSite.objects.create(name="Airport", code="AIR", state="OPEN", created_at=START)
    theirs = make_user(Role.ADMIN)
    theirs.site_ids = [other.pk]
    theirs.save()
    assert problem_of(send(theirs, place, xlsx([]))) == (404, "site_not_found")
    terminal = make_zone("Terminal", site_id=other.pk)
    answer = send(theirs, terminal, xlsx(None, [(admin.username, "", "STAFF", "a@example.org", "")]))
    assert faults_of(answer) == [("People", 2, "username", "username_taken")]


def _bomb() -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b" " * (workbook.MOST_UNPACKED + 1))
    return file.getvalue()


def _entities() -> bytes:
    """Return a file whose sheet has entities that grow."""
    source, file = zipfile.ZipFile(BytesIO(xlsx([("Zone A", "A-001", "CAR")]))), BytesIO()
    bad = b'<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><worksheet><sheetData>&b;</sheetData></worksheet>'
    with zipfile.ZipFile(file, "w") as packed:
        for part in source.namelist():
            packed.writestr(part, bad if "sheet1" in part else source.read(part))
    return file.getvalue()


def _cut() -> bytes:
    """Return a file without what the sheets refer to."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
    return file.getvalue()


def _far() -> bytes:
    """Return a file with a row whose number is large: the reader makes up all rows before it."""
    source, file = zipfile.ZipFile(BytesIO(xlsx([("Zone A", "A-001", "CAR")]))), BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for part in source.namelist():
            packed.writestr(part, source.read(part).replace(b'<row r="2"', b'<row r="999999999"'))
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"PK\x03\x04", "import_unreadable"),
        (b"zone;number\nA;1", "import_unreadable"),
        (_cut(), "import_unreadable"),
        (_entities(), "import_unreadable"),
        (_bomb(), "import_too_large"),
        (_far(), "import_too_large"),
        (b"x" * (workbook.MOST_BYTES + 1), "import_too_large"),
        (xlsx(None, [("u", "", "STAFF", "a@b.in", "")] * 101), "import_too_large"),
    ],
)
def test_what_cannot_be_read_is_refused(admin: User, place: ParkingZone, content: bytes, code: str) -> None:
    with nothing_changes():
        answer = send(admin, place, content)
    assert problem_of(answer) == (400, code)


def test_a_file_without_our_sheets_and_one_without_a_column(admin: User, place: ParkingZone) -> None:
    made, file = Workbook(), BytesIO()
    made.save(file)
    assert problem_of(send(admin, place, file.getvalue())) == (400, "import_without_sheets")
    sheet = made.worksheets[0]
    sheet.title = "Slots"
    sheet.append(("zone", "colour"))
    file = BytesIO()
    made.save(file)
    assert faults_of(send(admin, place, file.getvalue())) == [
        ("Slots", 1, "number", "column_missing"),
        ("Slots", 1, "colour", "column_unknown"),
    ]


def test_what_is_no_file_is_bad_input(admin: User, place: ParkingZone) -> None:
    client = ApiClient(admin)
    address = f"/api/admin/sites/{place.site_id}/import/"
    for body in ({}, {"file": "text"}):
        assert problem_of(client.client.post(address, body, headers=client.headers))[0] == 400
    assert problem_of(send(admin, place, xlsx([]), dry_run="perhaps")) == (400, "validation_error")


def test_the_template_is_read_and_every_fault_has_its_sentence(admin: User) -> None:
    assert data_of(send(admin, make_zone("Zone A", slots=0), workbook.template_file()))["done"] is True
    assert set(_SENTENCES) == set(FaultCode) - {FaultCode.REFUSED}
