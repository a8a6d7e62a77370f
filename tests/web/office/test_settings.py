"""Settings on the office's page."""

import pytest

from parking.core.site_settings import HOLD_MINUTES, RECEIPT_FOOTER
from tests.web.office.forms import browser_of, fields_of, text_of

SETTINGS = "/office/settings/"


@pytest.fixture
def office(admin):
    return browser_of(admin)


def test_a_site_takes_over_what_it_does_not_set(office, zone):
    answer = office.post(SETTINGS, fields_of(office.get(SETTINGS)) | {"hold_minutes": "12"})
    assert answer.headers["Location"] == SETTINGS
    of_site = f"{SETTINGS}?site={zone.site_id}"
    assert "Empty: 12" in text_of(office.get(of_site))
    answer = office.post(of_site, fields_of(office.get(of_site)) | {"hold_minutes": "8", "receipt_footer": "धन्यवाद"})
    assert answer.headers["Location"] == of_site
    assert (HOLD_MINUTES.at(zone.site_id), HOLD_MINUTES.at(None)) == (8, 12)
    assert RECEIPT_FOOTER.at(zone.site_id) == "धन्यवाद"
    page = text_of(office.get(of_site))
    assert "Minutes to pay the booking fee: default → 8" in page
    office.post(of_site, fields_of(office.get(of_site)) | {"hold_minutes": ""})
    assert HOLD_MINUTES.at(zone.site_id) == 12


def test_a_wrong_value_is_shown_at_its_field_and_nothing_is_saved(office, zone):
    answer = office.post(SETTINGS, fields_of(office.get(SETTINGS)) | {"hold_minutes": "0", "quote_minutes": "9"})
    assert list(answer.context["form"].errors) == ["hold_minutes"]
    assert HOLD_MINUTES.at(None) == 10


@pytest.mark.parametrize("site", ["999", "x", "9" * 40])
def test_a_site_that_is_not_there(office, zone, site):
    assert office.get(f"{SETTINGS}?site={site}").status_code == 404
