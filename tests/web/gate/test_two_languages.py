"""Slips and counter displays speak English and the second language of their site."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from parking.core import clock
from parking.core.models import SettingValue
from parking.core.qr import qr_rows
from parking.core.site_settings import stored
from parking.facilities.models import Gate
from parking.stays.models import CounterDisplay, ParkingSession
from tests.build import enter, leave, take_ticket
from tests.languages import KANNADA, install
from tests.moments import at

pytestmark = pytest.mark.django_db
PLATE = "DL-01-AB-1234"


@pytest.fixture
def second(request, zone, tmp_path, settings):
    """Set the second language of the site; None leaves it as usual. Kannada comes from a file."""
    install(tmp_path, settings, "kn", KANNADA)
    if request.param:
        SettingValue.objects.create(
            name="second_language", site_id=zone.site_id, value=request.param, changed_at=clock.now()
        )
        stored.forget()


@pytest.fixture
def inside(staff, zone):
    """Return a car that came in at 10:00."""
    return enter(staff, take_ticket(zone, PLATE, at(0)), at(0))


# --- Slips ---------------------------------------------------------------------------------------------

HINT = "Show this code at the exit. You pay there, or before."
COSTS = "Scan with your phone to see the bill."


def rows_of(gate, session):
    return gate.client.get(f"/gate/slips/{session.pk}/").json()["rows"]


@pytest.mark.parametrize(
    ("second", "slot", "kind", "hints"),
    [
        (
            None,
            "Slot / स्लॉट",
            "Car / कार",
            [HINT, "एग्ज़िट पर यह कोड दिखाएँ। भुगतान वहीं, या उससे पहले करें।", COSTS, "बिल देखने के लिए अपने फ़ोन से स्कैन करें।"],
        ),
        ("kn", "Slot / ಸ್ಥಳ", "Car", [HINT, "ನಿರ್ಗಮನದಲ್ಲಿ ಈ ಕೋಡ್ ತೋರಿಸಿ.", COSTS]),
        ("en", "Slot", "Car", [HINT, COSTS]),
    ],
    indirect=["second"],
)
@pytest.mark.usefixtures("second")
def test_a_slip_says_each_thing_in_english_and_the_second_language(gate, inside, slot, kind, hints):
    assert [row["text"] for row in rows_of(gate, inside) if "text" in row] == [
        "Smart Parking",
        inside.zone.site.name,
        slot,
        inside.slot_number,
        "DL 01 AB 1234",
        inside.qr_code,
        f"{inside.zone.name} · {kind}",
        "22 Nov 2026, 10:00",
        *hints,
    ]


@pytest.mark.parametrize(
    ("second", "entry", "total", "cash"),
    [
        (None, "Entry / एंट्री", "Total / कुल", "Cash / नक़द"),
        ("kn", "Entry / ಪ್ರವೇಶ", "Total / ಒಟ್ಟು", "Cash / ನಗದು"),
        ("en", "Entry", "Total", "Cash"),
    ],
    indirect=["second"],
)
@pytest.mark.usefixtures("second")
def test_a_receipt_does_too(gate, inside, entry, total, cash):
    leave(gate.user, inside, now=at(90))
    said = {row["left"]: row["right"] for row in rows_of(gate, inside) if "left" in row}
    assert (said[entry], said[total], said[cash]) == ("22 Nov 2026, 10:00", "₹100", "₹100")


@pytest.mark.parametrize("second", ["kn"], indirect=True)
@pytest.mark.usefixtures("second")
def test_a_sentence_that_the_file_leaves_out_is_said_once(gate, inside):
    leave(gate.user, inside, now=at(90))
    words = [row["text"] for row in rows_of(gate, inside) if "text" in row]
    assert words.count("Scan to check this receipt.") == 1


def test_the_attendants_own_language_changes_nothing(gate, inside):
    before = rows_of(gate, inside)
    gate.client.cookies["django_language"] = "hi"
    assert rows_of(gate, inside) == before


# --- The display at the counter ------------------------------------------------------------------------


@pytest.fixture
def north(zone):
    return Gate.objects.create(site_id=zone.site_id, name="North", direction="BOTH", created_at=clock.now())


@pytest.fixture
def show(gate, north):
    """Return a function that reads the display of the gate."""
    screen = Client()
    (code,) = re.findall(r"data-pair-code>(\d{6})<", screen.get("/gate/display/").content.decode())
    gate.client.post("/gate/display/pair/", {"code": code, "gate_id": north.pk})
    address = f"/gate/display/{CounterDisplay.objects.get().pk}/"

    def shown():
        return screen.get(address).content.decode()

    return shown


def seconds_in(html):
    """Return language and text of everything that is said in the second language."""
    return re.findall(r'<span class="second" lang="(\w+)">([^<]*)</span>', html)


@pytest.mark.parametrize(
    ("second", "said"),
    [(None, [("hi", "स्वागत है")]), ("kn", [("kn", "ಸ್ವಾಗತ")]), ("en", [])],
    indirect=["second"],
)
@pytest.mark.usefixtures("second")
def test_an_idle_display_welcomes_in_both(show, said):
    html = show()
    assert "<h1>Welcome" in html
    assert seconds_in(html) == said


@pytest.mark.parametrize(
    ("second", "said"),
    [
        (None, [("hi", "देय"), ("hi", "काउंटर पर ₹100 नक़द दें")]),
        ("kn", [("kn", "ಪಾವತಿಸಬೇಕು"), ("kn", "₹100 ಅನ್ನು ಕೌಂಟರ್‌ನಲ್ಲಿ ನಗದಾಗಿ ನೀಡಿ")]),
        ("en", []),
    ],
    indirect=["second"],
)
@pytest.mark.usefixtures("second")
def test_a_bill_is_shown_in_both(show, gate, north, zone, said):
    began = clock.now() - timedelta(minutes=66)
    gate.scan(enter(gate.user, take_ticket(zone, PLATE, began), began), "OUT", gate_id=str(north.pk))
    html = show()
    assert "Pay ₹100 in cash at the counter" in html
    assert seconds_in(html) == said


@pytest.mark.parametrize("second", ["kn"], indirect=True)
@pytest.mark.usefixtures("second")
def test_a_word_that_the_file_leaves_out_is_shown_once(show, gate, north, zone):
    gate.scan(enter(gate.user, take_ticket(zone, PLATE)), "OUT", gate_id=str(north.pk))
    gate.collect(ParkingSession.objects.get(), gate_id=str(north.pk))
    html = show()
    assert html.count("Paid, thank you") == 1
    assert seconds_in(html) == []


def test_before_pairing_the_installations_second_language_is_shown():
    html = Client().get("/gate/display/").content.decode()
    assert [code for code, _text in seconds_in(html)] == ["hi", "hi"]


def test_a_second_picture_on_the_slip_opens_the_bill_and_may_be_scanned_at_the_gate(gate, inside, settings):
    settings.BASE_URL = "https://parking.example"
    address = f"https://parking.example/r/{inside.qr_code}"
    pictures = [row["qr"] for row in rows_of(gate, inside) if "qr" in row]
    assert pictures == [qr_rows(inside.qr_code), qr_rows(address)]
    assert gate.client.get(f"/r/{inside.qr_code}").status_code == 200
    assert "DL 01 AB 1234" in gate.scan(address, "OUT").text
