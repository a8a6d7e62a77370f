"""Tax profiles: added from a day on, checked, never changed."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from parking.audit.models import AuditEntry
from parking.core.actor import SYSTEM
from parking.core.errors import InvalidInput
from parking.facilities.models import ParkingSite, ParkingZone
from parking.invoices.models import TaxProfile
from parking.invoices.profiles import NewProfile, add_profile, profile_at
from tests.invoices.conftest import GSTIN, register
from tests.moments import START

pytestmark = pytest.mark.django_db

GOOD = NewProfile(holds_from=date(2026, 4, 1), legal_name="Namma Parking", series_prefix="KA1", gstin=GSTIN)


@pytest.fixture
def site(zone: ParkingZone) -> ParkingSite:
    return zone.site


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("legal_name", " "),
        ("series_prefix", "Z01"),
        ("series_prefix", "KA"),
        ("series_prefix", "ka1"),
        ("series_prefix", "0A1"),
        ("gstin", "29AAGCB7383J1Z5"),
        ("gstin", "29AABCF8078M1C8"),
        ("legal_name", "N" * 151),
        ("legal_note", "N" * 301),
        ("state_code", "27"),
        ("rate", Decimal(100)),
        ("sac", "99674"),
    ],
)
def test_a_wrong_field_is_refused(site, field, value):
    with pytest.raises(InvalidInput) as refusal:
        add_profile(actor=SYSTEM, site=site, wanted=replace(GOOD, **{field: value}), now=START)
    assert list(refusal.value.errors) == [field]
    assert not TaxProfile.objects.exists()


def test_a_registered_supplier_at_rate_0_says_by_which_rule(site):
    with pytest.raises(InvalidInput) as refusal:
        add_profile(actor=SYSTEM, site=site, wanted=replace(GOOD, rate=Decimal(0)), now=START)
    assert list(refusal.value.errors) == ["legal_note"]
    add_profile(actor=SYSTEM, site=site, wanted=replace(GOOD, rate=Decimal(0), legal_note="Exempt"), now=START)
    assert TaxProfile.objects.get().legal_note == "Exempt"


def test_an_office_registered_by_its_tan_may_be_the_supplier(site):
    add_profile(actor=SYSTEM, site=site, wanted=replace(GOOD, gstin="07DELA12345B1Z5"), now=START)
    assert TaxProfile.objects.get().state_code == "07"


def test_a_profile_holds_from_midnight_of_its_day_in_india(site):
    register(site, prefix="KA1", holds_from=date(2026, 4, 1))
    register(site, prefix="KA2", holds_from=date(2026, 6, 1))
    midnight = datetime(2026, 5, 31, 18, 30, tzinfo=UTC)
    assert profile_at(site, midnight.replace(minute=29)).series_prefix == "KA1"
    assert profile_at(site, midnight).series_prefix == "KA2"
    assert profile_at(site, datetime(2026, 3, 1, tzinfo=UTC)).gstin == ""


def test_a_day_has_one_profile_and_a_prefix_one_site(site):
    register(site)
    with pytest.raises(InvalidInput) as refusal:
        register(site)
    assert list(refusal.value.errors) == ["holds_from"]
    other = ParkingSite.objects.create(name="Second car park", code="SCP", created_at=START)
    with pytest.raises(InvalidInput) as refusal:
        register(other)
    assert list(refusal.value.errors) == ["series_prefix"]
    assert TaxProfile.objects.count() == 1


def test_the_command_adds_a_profile_and_the_audit_knows(site):
    call_command(
        "tax_profile",
        site.name,
        legal_name="Namma Parking",
        series_prefix="KA1",
        gstin=GSTIN,
        holds_from=GOOD.holds_from,
    )
    profile = TaxProfile.objects.get()
    assert (profile.site, profile.state_code, profile.rate) == (site, "29", Decimal("18.00"))
    assert AuditEntry.objects.filter(action="tax_profile.added", subject_id=site.pk).count() == 1


@pytest.mark.parametrize(("name", "prefix"), [("Nowhere", "KA1"), ("Main car park", "Z99")])
def test_the_command_says_what_is_wrong(site, name, prefix):
    with pytest.raises(CommandError):
        call_command("tax_profile", name, legal_name="Namma Parking", series_prefix=prefix)
    assert not TaxProfile.objects.exists()
