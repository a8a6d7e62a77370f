"""Exemptions: by class and photo, on the bill, before and after the quote, counted; and the kind at the entry."""

import struct
from base64 import b64decode
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any, cast

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from parking.accounts.models import Role, User
from parking.audit.models import AuditEntry
from parking.checkout import exempting, kinds
from parking.core import clock, photos
from parking.core.actor import SYSTEM
from parking.core.ids import Ref
from parking.core.photos import as_photo
from parking.facilities.models import ParkingZone
from parking.facilities.services import add_slots
from parking.stays import evidence
from parking.stays.exempt_classes import create_class
from parking.stays.models import ExemptClass, Exemption, ParkingSession, ParkingSessionEvidence
from parking.tariffs.rules import KindRate
from parking.tariffs.services import set_kind_rates
from tests.build import actor, book, enter, leave, make_user, picture_of, quote, reloaded, take_ticket
from tests.client import ApiClient
from tests.invariants import assert_books_agree, nothing_changes, refused
from tests.moments import START, at

pytestmark = pytest.mark.django_db

PHOTO = picture_of(3000, 2000)


@pytest.fixture(autouse=True)
def now(time_machine: Any) -> None:
    time_machine.move_to(START, tick=False)


@pytest.fixture
def ambulances(zone: ParkingZone) -> ExemptClass:
    return create_class(actor=SYSTEM, site_id=zone.site_id, name="ambulance", now=START)


@pytest.fixture
def inside(staff: User, zone: ParkingZone) -> ParkingSession:
    return enter(staff, take_ticket(zone, "DL-01-AB-1234", START), START)


def send(client: ApiClient, path: str, form: dict[str, Any]) -> Any:
    return client.client.post(path, form, headers=client.headers)


def exempt(user: User, session: ParkingSession, found: ExemptClass, minutes: int = 1) -> Exemption:
    ref = Ref(pk=session.pk)
    return exempting.exempt(actor=actor(user), session=ref, class_id=found.pk, photo=PHOTO, now=at(minutes))


def test_an_exempt_car_pays_nothing_and_its_bill_says_why(
    staff: User, inside: ParkingSession, ambulances: ExemptClass
) -> None:
    exempt(staff, inside, ambulances)
    bill = leave(staff, inside, now=at(150)).session.bill
    lines = [(line["kind"], line["label"], line["amount"]) for line in bill.lines]
    assert lines == [("HOURS", "Parking", "150.00"), ("EXEMPT", "Exempt: ambulance", "-150.00")]
    assert (bill.total, bill.charged) == (Decimal("0.00"), Decimal("0.00"))
    entry = AuditEntry.objects.get(action="session.exempted")
    photo = ParkingSessionEvidence.objects.get()
    assert (entry.actor_id, entry.subject_id, entry.facts) == (
        staff.pk,
        inside.pk,
        {"exempt_class_id": ambulances.pk, "name": "ambulance", "evidence_id": photo.pk},
    )
    assert_books_agree()


def test_a_paid_fee_goes_back(staff: User, driver: User, zone: ParkingZone, ambulances: ExemptClass) -> None:
    session = book(driver, zone, now=START)
    exempt(staff, session, ambulances)
    enter(staff, session, at(2))
    bill = leave(staff, session, now=at(30)).session.bill
    assert (bill.total, bill.captured, bill.refunded) == (Decimal("0.00"), Decimal("50.00"), Decimal("50.00"))
    assert_books_agree()


def test_the_same_again_is_the_same_and_another_class_is_refused(
    staff: User, zone: ParkingZone, inside: ParkingSession, ambulances: ExemptClass
) -> None:
    first = exempt(staff, inside, ambulances)
    with nothing_changes():
        assert exempt(staff, inside, ambulances).pk == first.pk
    other = create_class(actor=SYSTEM, site_id=zone.site_id, name="fire service", now=START)
    with refused("already_exempt"):
        exempt(staff, inside, other)


def test_a_mistake_is_taken_back_and_the_car_pays(staff: User, inside: ParkingSession, ambulances: ExemptClass) -> None:
    exempt(staff, inside, ambulances)
    exempting.withdraw(actor=actor(staff), session=Ref(pk=inside.pk), now=at(2))
    with refused("not_exempt"):
        exempting.withdraw(actor=actor(staff), session=Ref(pk=inside.pk), now=at(2))
    assert leave(staff, inside, now=at(60)).session.bill.charged == Decimal("50.00")
    assert AuditEntry.objects.filter(action="session.exemption_withdrawn", subject_id=inside.pk).count() == 1
    assert_books_agree()


def test_after_the_quote_only_an_administrator_may_and_the_bill_follows(
    staff: User, inside: ParkingSession, ambulances: ExemptClass
) -> None:
    assert quote(staff, inside, at(60)).bill.total == Decimal("50.00")
    with refused("quote_given"):
        exempt(staff, inside, ambulances, 61)
    exempt(make_user(Role.ADMIN), inside, ambulances, 61)
    bill = reloaded(inside).bill
    assert (bill.total, bill.billed_until, bill.frozen_until) == (Decimal("0.00"), at(60), at(70))
    assert_books_agree()


def test_a_class_of_another_site_or_out_of_use_is_none(staff: User, inside: ParkingSession, zone: ParkingZone) -> None:
    gone = create_class(actor=SYSTEM, site_id=zone.site_id, name="bus", now=START)
    ExemptClass.objects.filter(pk=gone.pk).update(is_active=False)
    with refused("exempt_class_not_found"):
        exempt(staff, inside, gone)


def test_a_car_that_has_left_is_not_exempted(staff: User, inside: ParkingSession, ambulances: ExemptClass) -> None:
    leave(staff, inside, now=at(30))
    with refused("session_over"):
        exempt(staff, inside, ambulances, 31)


# --- Photos --------------------------------------------------------------------------------------------


def test_a_photo_is_kept_small_upright_and_without_what_the_camera_added() -> None:
    written, exif = BytesIO(), Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Camera of somebody"  # turned by 90 degrees, and the maker
    Image.new("RGB", (3000, 2000), "white").save(written, "JPEG", exif=exif)
    with Image.open(BytesIO(as_photo(written.getvalue()))) as kept:
        assert (kept.format, kept.size, dict(kept.getexif())) == ("JPEG", (1333, 2000), {})


def test_a_heic_photo_is_given_its_time_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "_HEIC_SECONDS", 0)
    with refused("photo_invalid"):
        as_photo(HEIC)


# A photo as phones keep it (HEIC): 64 by 32, blue on the left, to be turned by 90 degrees; with the maker's name.
HEIC = b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAchtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAADRpbG9j"
    "AAAAAERAAAIAAQAAAAAB7AABAAAAAAAAAJMAAgAAAAACfwABAAAAAAAAADwAAAA4aWluZgAAAAAAAgAAABVpbmZlAgAAAAABAABodmMxAAAA"
    "ABVpbmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAABB2lwcnAAAADmaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNg"
    "AAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZE"
    "AcFzwIkAAAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAAEAAAAABAAAAIAAAAAEAAAAAAAAAAv///+AA"
    "AAACAAAAEHBpeGkAAAAAAwgICAAAAAlpcm90AwAAABlpcG1hAAAAAAAAAAEAAQaBAgMFhIYAAAAaaXJlZgAAAAAAAAAOY2RzYwACAAEAAQAA"
    "ANdtZGF0AAAAjygBrwngITk0H//2uaNf+sIf/3dVvC3v9I3/x3NN/2wCMXCRV2RU676zK+IXdobXisYsxvXRQd+rP/31B7vnv8xzduozMKo+"
    "36gH1piiS50rXhsTLsN66AsguFoOaT0Ri+sdwVtsgOEAfqxkF6KAj0mcVIbnjwHohqtZ+Yf4n3C1Evu7hzZAtsRWarB3icmzAAAABkV4aWYA"
    "AE1NACoAAAAIAAIBDwACAAAACwAAACYBEgADAAAAAQAGAAAAAAAAUGhvbmVNYWtlcgAA"
)


def test_a_photo_of_a_phone_that_keeps_heic_is_kept_upright_as_jpeg() -> None:
    assert b"PhoneMaker" in HEIC
    jpeg = as_photo(HEIC)
    assert b"PhoneMaker" not in jpeg
    with Image.open(BytesIO(jpeg)) as kept:
        assert (kept.format, kept.size, dict(kept.getexif())) == ("JPEG", (32, 64), {})
        red, _green, blue = cast(tuple[int, int, int], kept.getpixel((8, 8)))
        assert blue > 150 > red


def test_a_heic_photo_that_says_to_be_too_large_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "MOST_PIXELS", 64 * 32 - 1)
    with refused("photo_invalid"):
        as_photo(HEIC)


def _with(content: bytes, place: int, byte: int) -> bytes:
    return content[:place] + bytes([byte]) + content[place + 1 :]


def _with_odd_notes() -> bytes:
    """Return a JPEG that is to be turned, and whose camera wrote its width as a fraction."""
    written, width = BytesIO(), struct.pack(">HHII", 0x0100, 5, 1, 8)
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x02" + struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0) + width + bytes(4)
    Image.new("RGB", (2, 2)).save(written, "JPEG", exif=exif)
    return written.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a",
        picture_of(9, 9, "BMP"),
        b"\xff\xd8" + b"0" * 12_000_000,
        HEIC[:400],
        HEIC[:-20],
        # Nothing to decode, and a height beyond all limits: the library raises errors of its own for each.
        _with(HEIC, 96, 0),
        _with(HEIC, HEIC.index(b"ispe") + 12, 42),
        # A description of the decoder that is cut: the library ends its process.
        _with(HEIC, 177, 160),
        _with_odd_notes(),
    ],
)
def test_what_is_no_photo_exempts_nobody(
    staff: User, inside: ParkingSession, ambulances: ExemptClass, content: bytes
) -> None:
    with nothing_changes(), refused("photo_invalid"):
        exempting.exempt(
            actor=actor(staff), session=Ref(pk=inside.pk), class_id=ambulances.pk, photo=content, now=START
        )


def test_the_call_takes_a_photo_and_shows_it_to_those_who_work_there(
    as_staff: ApiClient, as_driver: ApiClient, as_admin: ApiClient, inside: ParkingSession, ambulances: ExemptClass
) -> None:
    assert as_staff.get("/api/staff/exempt-classes/").json()["data"][0]["name"] == "ambulance"
    sent = {"class_id": ambulances.pk, "photo": SimpleUploadedFile("a.jpg", PHOTO, "image/jpeg")}
    answer = send(as_staff, f"/api/staff/sessions/{inside.pk}/exempt/", sent)
    data = answer.json()["data"]
    assert (answer.status_code, data["name"], data["session_id"]) == (200, "ambulance", inside.pk)
    photo = f"/api/staff/evidence/{data['photo_id']}/"
    shown = as_staff.get(photo)
    assert (shown.status_code, shown["Content-Type"], shown["Cache-Control"]) == (
        200,
        "image/jpeg",
        "private, no-store",
    )
    assert as_driver.get(photo).status_code == 403
    booking = as_admin.get("/api/staff/active-sessions/").json()["data"]["results"][0]
    assert booking["discounts"] == [{"kind": "EXEMPT", "label": "Exempt: ambulance", "amount": 50.0}]
    back = as_staff.delete(f"/api/staff/sessions/{inside.pk}/exempt/")
    assert back.json()["data"]["discounts"] == []


# --- Classes and counts --------------------------------------------------------------------------------


def test_classes_are_made_named_once_and_taken_out_of_use(as_admin: ApiClient, zone: ParkingZone) -> None:
    made = as_admin.post("/api/admin/exempt-classes/", {"site_id": zone.site_id, "name": "police on duty"})
    assert (made.status_code, made.json()["data"]["name"]) == (201, "police on duty")
    again = as_admin.post("/api/admin/exempt-classes/", {"site_id": zone.site_id, "name": "police on duty"})
    assert (again.status_code, again.json()["code"]) == (400, "exempt_class_exists")
    address = f"/api/admin/exempt-classes/{made.json()['data']['id']}/"
    assert as_admin.patch(address, {"is_active": False}).json()["data"]["is_active"] is False
    assert as_admin.get("/api/staff/exempt-classes/").json()["data"] == []


def test_exemptions_are_counted_per_attendant_with_what_they_cost(
    as_admin: ApiClient, staff: User, zone: ParkingZone, inside: ParkingSession, ambulances: ExemptClass
) -> None:
    other = make_user(Role.STAFF)
    exempt(staff, inside, ambulances)
    leave(staff, inside, now=at(150))
    for number in range(2):
        exempt(other, take_ticket(zone, f"KA-05-MH-{number:04d}", START), ambulances)
    taken_back = take_ticket(zone, now=START)
    exempt(other, taken_back, ambulances)
    exempting.withdraw(actor=actor(other), session=Ref(pk=taken_back.pk), now=at(2))
    data = as_admin.get("/api/admin/exemptions/").json()["data"]
    assert [
        (row["username"], row["name"], row["count"], row["open"], row["forgiven"]) for row in data["attendants"]
    ] == [
        (other.username, "ambulance", 2, 2, 0.0),
        (staff.username, "ambulance", 1, 0, 150.0),
    ]
    assert data["totals"] == {"count": 3, "open": 2, "forgiven": 150.0}


# --- The kind at the entry -----------------------------------------------------------------------------


def test_attendants_see_a_photo_for_thirty_days_after_the_end(
    staff: User, admin: User, inside: ParkingSession, ambulances: ExemptClass
) -> None:
    exempt(staff, inside, ambulances, 5)
    [kept] = ParkingSessionEvidence.objects.all()
    later = at(5) + timedelta(days=90)
    assert evidence.photo(kept.pk, actor(staff), later)
    leave(staff, inside, now=later)
    in_time, late = later + timedelta(days=30, seconds=-1), later + timedelta(days=30)
    assert evidence.photo(kept.pk, actor(staff), in_time)
    with refused("photo_not_found"):
        evidence.photo(kept.pk, actor(staff), late)
    assert evidence.photo(kept.pk, actor(admin), late)
    # The page of the session shows no picture that would stay empty.
    looks = ((staff, in_time), (staff, late), (admin, late))
    assert [evidence.photos_of(inside, actor(who), when) for who, when in looks] == [[kept], [], [kept]]


def set_kind(user: User, session: ParkingSession, kind: str, minutes: float, photo: bytes | None = None) -> None:
    ref = Ref(pk=session.pk)
    kinds.set_kind(actor=actor(user), session=ref, vehicle_kind=kind, photo=photo, now=at(minutes))


def test_another_kind_has_its_prices_and_a_slot_that_suits_it(
    staff: User, zone: ParkingZone, inside: ParkingSession
) -> None:
    add_slots(actor=SYSTEM, zone_id=zone.pk, prefix="L-", first=1, last=1, kind="LARGE", now=START)
    rates = [KindRate("TRUCK", Decimal("120.00"), Decimal("0.00"))]
    set_kind_rates(actor=SYSTEM, zone=zone, kind_rates=rates, now=START - timedelta(days=1))
    set_kind(staff, inside, "TRUCK", 5)
    session = reloaded(inside)
    assert session.slot is not None
    assert (session.vehicle_kind, session.slot.slot_number, session.slot.status) == ("TRUCK", "L-001", "OCCUPIED")
    assert zone.slots.get(slot_number="A-001").status == "FREE"
    changed = AuditEntry.objects.get(action="session.kind_changed")
    assert changed.facts == {"kind": "TRUCK", "instead_of": "CAR", "slot_id": session.slot_id, "evidence_id": None}
    assert leave(staff, inside, now=at(60)).session.bill.charged == Decimal("120.00")
    assert_books_agree()


def test_without_a_slot_for_it_the_kind_stays(staff: User, inside: ParkingSession) -> None:
    with nothing_changes(), refused("zone_full"):
        set_kind(staff, inside, "BUS", 1)


def test_later_an_administrator_needs_a_photo(staff: User, inside: ParkingSession) -> None:
    admin = make_user(Role.ADMIN)
    with refused("kind_fixed"):
        set_kind(staff, inside, "TAXI", 5.1)
    with refused("photo_needed"):
        set_kind(admin, inside, "TAXI", 30)
    quote(staff, inside, at(31))
    with refused("quote_given"):
        set_kind(staff, inside, "TAXI", 32)
    set_kind(admin, inside, "TAXI", 32, PHOTO)
    assert (reloaded(inside).vehicle_kind, ParkingSessionEvidence.objects.get().note) == ("TAXI", "CAR → TAXI")


def test_the_call_corrects_the_kind(as_staff: ApiClient, inside: ParkingSession) -> None:
    answer = send(as_staff, f"/api/staff/sessions/{inside.pk}/kind/", {"vehicle_kind": "AUTO"})
    assert (answer.status_code, answer.json()["data"]["vehicle_kind"]) == (200, "AUTO")
    assert send(as_staff, f"/api/staff/sessions/{inside.pk}/kind/", {"vehicle_kind": "TRAM"}).status_code == 400


def test_an_exempt_car_owes_nothing_at_the_entry_either(
    as_staff: ApiClient, staff: User, zone: ParkingZone, ambulances: ExemptClass
) -> None:
    from_entry = {"base_rate": 30, "booking_fee": 0, "collect_at": "ENTRY"}
    ApiClient(make_user(Role.ADMIN)).post(f"/api/admin/zones/{zone.pk}/tariffs/", from_entry)
    ticket = take_ticket(zone, now=clock.now())
    assert as_staff.post("/api/staff/entry/", {"qr_code": ticket.qr_code}).json()["code"] == "payment_at_entry"
    exempt(staff, ticket, ambulances, 0)
    answer = as_staff.post("/api/staff/entry/", {"qr_code": ticket.qr_code}).json()["data"]
    assert (answer["status"], answer["amount_charged"]) == ("ACTIVE", 0.0)
