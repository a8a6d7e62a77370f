"""The page that imports slots and people."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from parking.facilities.importing.workbook import template_file
from parking.facilities.models import ParkingSlot
from tests.api_admin.test_import import xlsx
from tests.build import make_zone
from tests.invariants import nothing_changes
from tests.web.markup import one_line

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(admin):
    client = Client()
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    return client


def sent(office, place, content, step):
    file = SimpleUploadedFile("site.xlsx", content)
    return one_line(
        office.post(f"/office/sites/{place.site_id}/import/", {"file": file, "step": step}).content.decode()
    )


def test_a_file_is_tried_then_imported(office):
    place = make_zone("Zone A", slots=0)
    content = xlsx([("Zone A", "A-001", "CAR"), ("Zone A", "A-002", "EV")])
    with nothing_changes():
        tried = sent(office, place, content, "try")
    assert "Nothing was changed: this would be imported" in tried
    assert "Slots: 2 new, 0 changed, 0 as they are" in tried
    assert "Zone A A-002" in tried
    assert "The file was imported." in sent(office, place, content, "go")
    assert ParkingSlot.objects.count() == 2


def test_a_fault_has_its_place_and_sentence(office):
    place = make_zone("Zone A", slots=0)
    with nothing_changes():
        shown = sent(office, place, xlsx([("<b>", "A-001", "CAR")]), "go")
    assert "<td>Slots</td><td>2</td><td>zone</td>" in shown.replace(" <td>", "<td>")
    assert "This car park has no zone &lt;b&gt;. Make it first." in shown


def test_what_cannot_be_read_and_no_file(office):
    place = make_zone("Zone A", slots=0)
    assert "This is not an XLSX file that can be read." in sent(office, place, b"PK", "go")
    page = office.post(f"/office/sites/{place.site_id}/import/", {"step": "go"})
    assert "This field is required." in page.content.decode()


def test_the_template(office):
    place = make_zone("Zone A", slots=0)
    answer = office.get(f"/office/sites/{place.site_id}/import/template/")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="import.xlsx"'
    assert answer.content[:2] == template_file()[:2] == b"PK"
