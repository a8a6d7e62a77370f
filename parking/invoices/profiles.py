"""Tax profiles: the issuer and tax of documents, read by day and set by adding a row."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import transaction

from parking.audit import services as audit
from parking.core.actor import Actor
from parking.core.errors import InvalidInput
from parking.core.money import ZERO
from parking.facilities.models import ParkingSite
from parking.facilities.sites import set_tax_on_top
from parking.invoices.events import TaxProfileAdded
from parking.invoices.gstin import STATES, Holder, cleaned, fault_of, holder_of
from parking.invoices.models import TaxProfile
from parking.invoices.rules import PREFIX, day_of, own_prefix


def profile_at(site: ParkingSite, moment: datetime) -> TaxProfile:
    """Return the tax profile in force for a site; without any, an unregistered operator with the site's name."""
    profile = TaxProfile.objects.holding(site.pk, day_of(moment, ZoneInfo(site.time_zone))).first()
    return profile or TaxProfile(
        site=site, legal_name=site.name, address=site.address, series_prefix=own_prefix(site.pk)
    )


@dataclass(frozen=True)
class NewProfile:
    """The values of a tax profile to be added. Rate in percent; without GSTIN the operator is not registered.

    `prices_include_tax` says how tariffs are written; who parks sees and pays prices that have the tax in them.
    """

    holds_from: date
    legal_name: str
    series_prefix: str
    address: str = ""
    gstin: str = ""
    state_code: str = ""
    rate: Decimal = Decimal("18.00")
    sac: str = "996743"
    prices_include_tax: bool = True
    legal_note: str = ""


def add_profile(*, actor: Actor, site: ParkingSite, wanted: NewProfile, now: datetime) -> TaxProfile:
    """Add the profile that holds from a day on. Documents that are issued stay as they are. Raises InvalidInput."""
    wanted = replace(wanted, gstin=cleaned(wanted.gstin))
    errors = _errors_of(wanted) | _errors_at_site(wanted, site) | _falls(wanted, site, now)
    if errors:
        raise InvalidInput({field: [text] for field, text in errors.items()})
    profile = TaxProfile(
        site=site,
        holds_from=wanted.holds_from,
        legal_name=wanted.legal_name,
        address=wanted.address,
        gstin=wanted.gstin,
        state_code=wanted.state_code or wanted.gstin[:2],
        rate=wanted.rate,
        sac=wanted.sac,
        prices_include_tax=wanted.prices_include_tax,
        series_prefix=wanted.series_prefix,
        legal_note=wanted.legal_note,
        created_at=now,
    )
    with transaction.atomic():
        # Of two at once the second sees the first one's.
        ParkingSite.objects.select_for_update(no_key=True).get(pk=site.pk)
        profile.save(force_insert=True)
        set_tax_on_top(site_id=site.pk, spans=_spans(site))
        audit.record(
            actor,
            TaxProfileAdded(
                site_id=site.pk,
                holds_from=wanted.holds_from,
                gstin=wanted.gstin,
                rate=wanted.rate,
                prefix=wanted.series_prefix,
            ),
            now,
        )
    return profile


def _on_top(profile: TaxProfile | NewProfile) -> Decimal:
    """Return the percent that come on top of prices under a profile."""
    return profile.rate if profile.gstin and not profile.prices_include_tax else ZERO


def _spans(site: ParkingSite) -> list[dict[str, str]]:
    """Return from which days on how much comes on top; nothing where that never was more than nothing."""
    profiles = list(TaxProfile.objects.filter(site=site).order_by("holds_from"))
    spans = [{"from": one.holds_from.isoformat(), "percent": str(_on_top(one))} for one in profiles]
    return spans if any(map(_on_top, profiles)) else []


def _falls(wanted: NewProfile, site: ParkingSite, now: datetime) -> dict[str, str]:
    """Refuse to make prices of a running day fall, which takes two people where a tariff does it."""
    today = day_of(now, ZoneInfo(site.time_zone))
    present = TaxProfile.objects.holding(site.pk, today).first()
    holds_today = present is not None and present.holds_from < wanted.holds_from <= today
    if present is None or not holds_today or _on_top(wanted) >= _on_top(present):
        return {}
    return {"prices_include_tax": "Prices would fall today: from tomorrow on at the earliest"}


_LONGEST = {"legal_name": 150, "address": 300, "legal_note": 300}
# Others are registered to deduct or collect tax, or to get it back, not to sell.
_SELLERS = {Holder.TAXPAYER, Holder.DEPARTMENT}


def _errors_of(wanted: NewProfile) -> dict[str, str]:
    tests = {
        "legal_name": (bool(wanted.legal_name.strip()), "A name is needed"),
        "state_code": (_state_fits(wanted), "A GST code of a State, that of the GSTIN"),
        "rate": (0 <= wanted.rate < 100, "A percentage below 100"),
        "sac": (wanted.sac.isdecimal() and len(wanted.sac) in {4, 6}, "Four or six digits"),
        "series_prefix": (
            bool(PREFIX.fullmatch(wanted.series_prefix)),
            "Three of A-Z and 0-9, beginning neither with Z nor with 0",
        ),
        "legal_note": (_note_fits(wanted), "At rate 0 a registered supplier says by which rule no tax is due"),
    }
    errors = {field: text for field, (fits, text) in tests.items() if not fits}
    too_long = {
        field: f"At most {most} characters" for field, most in _LONGEST.items() if _is_longer(wanted, field, most)
    }
    return errors | too_long | _gstin_errors(wanted.gstin)


def _is_longer(wanted: NewProfile, field: str, most: int) -> bool:
    return len(getattr(wanted, field)) > most


def _gstin_errors(gstin: str) -> dict[str, str]:
    if not gstin:
        return {}
    if fault := fault_of(gstin):
        return {"gstin": fault.sentence}
    if holder_of(gstin) not in _SELLERS or gstin[:2] not in STATES:
        return {"gstin": "Nobody sells parking under this kind of registration"}
    return {}


def _note_fits(wanted: NewProfile) -> bool:
    return bool(wanted.legal_note.strip()) or not wanted.gstin or wanted.rate > 0


def _state_fits(wanted: NewProfile) -> bool:
    if not wanted.state_code:
        return True
    return wanted.state_code in STATES and wanted.gstin[:2] in {"", wanted.state_code}


def _errors_at_site(wanted: NewProfile, site: ParkingSite) -> dict[str, str]:
    errors = {}
    if TaxProfile.objects.filter(site=site, holds_from=wanted.holds_from).exists():
        errors["holds_from"] = "There is a profile from this day on already"
    if TaxProfile.objects.filter(series_prefix=wanted.series_prefix).exclude(site=site).exists():
        errors["series_prefix"] = "Another site numbers its documents with this prefix"
    return errors
