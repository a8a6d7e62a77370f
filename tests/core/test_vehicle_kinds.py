"""An installation's own kinds of vehicle: a file that adds some and changes those that ship."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from parking.core.vehicle_kinds import SHIPPED, Kind
from smart_parking.vehicle_kinds import MOST_KINDS, kinds_of

ROOT = Path(__file__).resolve().parents[2]
OWN = """
[TEMPO]
name = "Tempo"
names = { hi = "टेम्पो" }
slots = ["LARGE", "CAR"]
picture = "truck-delivery"

[TWO_WHEELER]
name = "Scooter or motorcycle"

[BUS]
slots = ["LARGE", "CAR"]
picture = "truck"

[CASH]
name = "Cash van"
slots = ["LARGE"]
"""
# What a process that starts with the file knows, in one go: starting takes a second.
ASKED = """
import json
import django
django.setup()
from django.utils import translation
from parking.api.driver import BookIn
from parking.facilities.place_rules import groups_of
from parking.facilities.rules import kinds_taken, suitable_slot_kinds
from parking.vehicles.models import VehicleKind
from parking.web.driver.forms import BookingForm
from parking.web.templatetags.components import kind_icon
from parking.web.templatetags.parking import word
with translation.override("hi"):
    hindi = [word("TEMPO"), word("TWO_WHEELER"), word("TRUCK")]
asked = {"zone_id": 1, "vehicle_number": "DL01AB1234", "owner_name": "Asha", "vehicle_kind": "TEMPO"}
print(json.dumps({
    "values": VehicleKind.values[-3:],
    "slots": [suitable_slot_kinds("TEMPO"), suitable_slot_kinds("BUS")],
    "special": [suitable_slot_kinds("TEMPO", "VIP"), suitable_slot_kinds("TRUCK", "VIP")],
    "taken": kinds_taken(["CAR", "TEMPO"], []),
    "counts_with": sorted(groups_of("TEMPO")[0].vehicle_kinds),
    "english": [word("TEMPO"), word("TWO_WHEELER"), word("TRUCK"), word("CASH")],
    "hindi": hindi,
    "icons": [kind_icon("TEMPO"), kind_icon("BUS")],
    "call": BookIn.model_validate(asked).vehicle_kind,
    "form": [kind for kind, _ in BookingForm(saved=[]).fields["vehicle_kind"].choices][-1],
}))
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "kinds.toml"
    path.write_text(OWN, encoding="utf-8")
    return path


def test_without_a_file_there_are_those_that_ship() -> None:
    assert kinds_of("") == SHIPPED
    assert [kind.code for kind in SHIPPED] == [
        *("CAR", "TWO_WHEELER", "EV", "BICYCLE", "AUTO", "TAXI", "LCV", "BUS", "TRUCK")
    ]


def test_a_file_adds_kinds_and_changes_those_that_ship(file: Path) -> None:
    found = {kind.code: kind for kind in kinds_of(str(file))}
    assert list(found)[-2:] == ["TEMPO", "CASH"]
    names = {"en": "Tempo", "hi": "टेम्पो"}
    assert found["TEMPO"] == Kind("TEMPO", "Tempo", ("LARGE", "CAR"), "truck-delivery", names)
    assert found["TWO_WHEELER"].names == {"en": "Scooter or motorcycle"}
    assert (found["TWO_WHEELER"].slots, found["TWO_WHEELER"].picture) == (("TWO_WHEELER",), "motorbike")
    assert (found["BUS"].name, found["BUS"].slots, found["BUS"].picture) == ("Bus", ("LARGE", "CAR"), "truck")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[TEMPO", "the file cannot be read: "),
        ('[tempo]\nname = "Tempo"\nslots = ["CAR"]', "^tempo: string should match pattern"),
        ('[A_KIND_TOO_LONG]\nname = "Tempo"\nslots = ["CAR"]', "^A_KIND_TOO_LONG: string should match pattern"),
        ('[TEMPO]\nslots = ["CAR"]', "^TEMPO.name: field required"),
        ('[TEMPO]\nname = " "\nslots = ["CAR"]', "^TEMPO.name: string should have at least 1 character"),
        ('[TEMPO]\nname = "Tempo"', "^TEMPO.slots: field required"),
        ('[TEMPO]\nname = "Tempo"\nslots = []', "^TEMPO.slots: "),
        ('[TEMPO]\nname = "Tempo"\nslots = ["VIP"]', "^TEMPO.slots.0: input should be 'CAR'"),
        ('[TEMPO]\nname = "Tempo"\nslots = ["CAR", "CAR"]', "^TEMPO.slots: value error, a slot is named twice"),
        ('[TEMPO]\nname = "Tempo"\nslots = ["CAR"]\npicture = "boat"', "^TEMPO.picture: input should be 'car'"),
        ('[TEMPO]\nname = "Tempo"\nslots = ["CAR"]\nwheels = 3', "^TEMPO.wheels: extra inputs are not permitted"),
        ("TEMPO = 3", "^TEMPO: "),
        ("\n".join(f'[K{number}]\nname = "K"\nslots = ["CAR"]' for number in range(22)), f"more than {MOST_KINDS}"),
    ],
)
def test_a_wrong_file_is_refused_in_words(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "kinds.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=problem):
        kinds_of(str(path))


def test_rules_pages_and_calls_know_an_own_kind(file: Path) -> None:
    more = {"DJANGO_SETTINGS_MODULE": "smart_parking.settings", "SMART_PARKING_VEHICLE_KINDS": str(file)}
    done = subprocess.run(
        [sys.executable, "-c", ASKED], cwd=ROOT, env=os.environ | more, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == {
        "values": ["TRUCK", "TEMPO", "CASH"],
        "slots": [["LARGE", "CAR"], ["LARGE", "CAR"]],
        "special": [["VIP"], []],
        "taken": ["CAR", "TEMPO"],
        "counts_with": ["AUTO", "BUS", "CAR", "CASH", "LCV", "TAXI", "TEMPO", "TRUCK"],
        "english": ["Tempo", "Scooter or motorcycle", "Truck", "Cash"],  # pages say so of payments
        "hindi": ["टेम्पो", "Scooter or motorcycle", "ट्रक"],
        "icons": ["truck-delivery", "truck"],
        "call": "TEMPO",
        "form": "CASH",
    }


def test_a_promo_code_is_for_as_many_kinds_as_there_may_be(tmp_path: Path) -> None:
    path = tmp_path / "kinds.toml"
    own = range(MOST_KINDS - len(SHIPPED))
    path.write_text("\n".join(f'[K{number}]\nname = "K"\nslots = ["CAR"]' for number in own), encoding="utf-8")
    code = """
import django
django.setup()
from parking.api.shapes.promo_codes import NewPromoIn
from parking.vehicles.models import VehicleKind
asked = {"code": "ALL", "kind": "PERCENT", "value": 10, "vehicle_kinds": list(VehicleKind.values)}
print(len(NewPromoIn.model_validate(asked).vehicle_kinds))
"""
    more = {"DJANGO_SETTINGS_MODULE": "smart_parking.settings", "SMART_PARKING_VEHICLE_KINDS": str(path)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=os.environ | more, capture_output=True, text=True, check=True
    )
    assert int(done.stdout) == MOST_KINDS
