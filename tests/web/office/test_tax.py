"""Tax profiles on pages: which is in force, one added, what is said of wrong input; and the alerts of number series."""

from datetime import date, timedelta

import pytest

from parking.core import clock
from parking.invoices.models import NumberSeries, TaxProfile
from parking.invoices.rules import financial_year
from tests.invoices.conftest import GSTIN, register
from tests.web.office.forms import browser_of, fields_of, text_of

TAX = "/office/tax/"
NOTE = "Exempt: Notification 12/2017, entry 4"


@pytest.fixture
def office(admin):
    return browser_of(admin)


@pytest.fixture
def site(zone):
    return zone.site


def test_the_list_says_which_profile_is_in_force(office, site):
    today = clock.today()
    for prefix, day in (("KA1", 20), ("KA2", 10), ("KA3", -10)):
        register(site, prefix=prefix, holds_from=today - timedelta(days=day))
    TaxProfile.objects.filter(series_prefix="KA2").update(series_prefix="0A2")
    answer = office.get(TAX)
    page = text_of(answer)
    assert [row.series_prefix for row in answer.context["sheet"].rows] == ["KA3", "0A2", "KA1"]
    states = [page.index(word) for word in ("To come", "In force", "e-invoices refuse numbers", "Replaced")]
    assert states == sorted(states)


def test_a_profile_is_added_with_all_its_fields(office, site):
    answer = office.get(f"{TAX}new/")
    sent = fields_of(answer) | {
        "site": site.pk, "holds_from": "2026-04-01", "legal_name": "Namma Parking", "gstin": "29aagcb 7383j1z4",
        "rate": "0", "series_prefix": "KA1", "legal_note": NOTE, "address": "Bengaluru",
    }  # fmt: skip
    assert office.post(f"{TAX}new/", sent).headers["Location"] == TAX
    profile = TaxProfile.objects.get()
    assert (profile.site, profile.gstin, profile.state_code, profile.rate, profile.legal_note) == (
        site, GSTIN, "29", 0, NOTE,
    )  # fmt: skip
    assert (profile.holds_from, profile.sac, profile.series_prefix) == (date(2026, 4, 1), "996743", "KA1")


def test_replacing_begins_with_the_newest_profile(office, site):
    register(site, legal_note=NOTE)
    sent = fields_of(office.get(f"{TAX}new/?site={site.pk}"))
    assert (sent["site"], sent["gstin"], sent["legal_note"], sent["series_prefix"]) == (site.pk, GSTIN, NOTE, "KA1")


SENTENCES = [
    ("en", {"gstin": "29AAGCB7383J1Z5"}, "The last character must be 4 after these fourteen, not 5"),
    ("hi", {"gstin": "29AAGCB7383J1X4"}, "अक्षर 14 को Z होना चाहिए, X नहीं।"),
    ("en", {"series_prefix": "0A1"}, "Three capital letters or digits, beginning neither with Z nor with 0."),
    ("en", {"rate": "0"}, "At rate 0 say by which rule no tax is due."),
    ("en", {"gstin": "29AABCF8078M1C8"}, "Nobody sells parking under this kind of registration."),
    ("en", {"state_code": "27"}, "This is not the State of the GSTIN."),
]


@pytest.mark.parametrize(("language", "changes", "sentence"), SENTENCES)
def test_what_is_wrong_is_said_at_its_field(office, site, language, changes, sentence):
    office.cookies["django_language"] = language
    sent = {
        "site": site.pk, "holds_from": "2026-04-01", "legal_name": "N", "gstin": GSTIN, "rate": "18", "sac": "996743",
        "series_prefix": "KA1", **changes,
    }  # fmt: skip
    assert sentence in text_of(office.post(f"{TAX}new/", sent))
    assert not TaxProfile.objects.exists()


def test_a_series_that_runs_out_is_on_the_dashboard(office, site):
    now = clock.now()
    NumberSeries.objects.create(
        site=site, prefix="KA1", kind="TAX_INVOICE", year=financial_year(now, clock.site_zone()), last=9_900_000,
        last_at=now,
    )  # fmt: skip
    page = text_of(office.get("/office/"))
    assert "Document numbers that run out" in page
    assert f'href="{TAX}"' in page


def test_states_are_named_in_the_language_of_the_page(office, site):
    office.post("/language/", {"language": "hi"})
    office.cookies["django_language"] = "hi"
    choices = dict(office.get(f"{TAX}new/").context["form"].fields["state_code"].choices)
    assert (choices["29"], choices["07"]) == ("कर्नाटक (29)", "दिल्ली (07)")
    assert len(choices) == 1 + 36
