"""Blocks of paper slips, and what is kept of each slip: their only writer."""

from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet

from parking.audit import services as audit
from parking.core.actor import Actor
from parking.core.errors import InvalidInput, NotFound, Refused
from parking.core.sites import Sites, at_sites
from parking.facilities.sites import site_by_id
from parking.stays.events import PaperBlockMade, PaperSlipEntered
from parking.stays.models import ParkingSession
from parking.stays.paper_models import PaperBlock, PaperSlip

MOST_SLIPS = 500


def blocks_of(sites: Sites) -> "QuerySet[PaperBlock]":
    """Return the blocks of these sites with `entered`, how many of their slips were entered; by site and name."""
    rows = at_sites(PaperBlock.objects.select_related("site"), sites, "site_id").annotate(entered=Count("slips"))
    return rows.order_by("site__name", "name", "pk")


def make_block(*, actor: Actor, site_id: int, name: str, first: int, last: int, now: datetime) -> PaperBlock:
    """Write down that a site has a block of slips. Raises NotFound; Refused `paper_block_exists`; InvalidInput."""
    site = site_by_id(site_id, actor)
    if not 1 <= first <= last < first + MOST_SLIPS:
        raise InvalidInput({"last": [f"From the first on, at most {MOST_SLIPS} slips"]})
    try:
        with transaction.atomic():
            block = PaperBlock.objects.create(site=site, name=name, first=first, last=last, created_at=now)
            made = PaperBlockMade(block_id=block.pk, site_id=site.pk, name=name, first=first, last=last)
            audit.record(actor, made, now)
    except IntegrityError as error:
        raise Refused("paper_block_exists", "This car park has a block of this name already") from error
    return block


def lock_block(*, site_id: int, name: str) -> PaperBlock:
    """Lock the block of a slip, so that of two who enter one slip the second sees the first's.

    Raises NotFound `paper_block_not_found`.
    """
    rows = PaperBlock.objects.select_for_update(no_key=True).filter(site_id=site_id, name__iexact=name)
    block = rows.first()
    if block is None:
        raise NotFound("paper_block_not_found", "This car park has no such block")
    return block


def slip_of(block: PaperBlock, number: int) -> PaperSlip | None:
    """Return a slip that was entered. Raises Refused `paper_number_invalid` for a number that the block has not."""
    if not block.first <= number <= block.last:
        raise Refused("paper_number_invalid", f"The block has slips {block.first} to {block.last}")
    return PaperSlip.objects.select_related("session__vehicle").filter(block=block, number=number).first()


def keep_slip(
    *,
    block: PaperBlock,
    number: int,
    session: ParkingSession,
    entered_at: datetime,
    left_at: datetime | None,
    cash: Decimal,
    actor: Actor,
    now: datetime,
) -> None:
    """Keep what a slip says beside who stated it, and when. The block must be locked."""
    if actor.user_id is None:
        raise ValueError("a slip is entered by a person")
    PaperSlip.objects.create(
        block=block,
        number=number,
        session=session,
        stated_entry=entered_at,
        stated_exit=left_at,
        stated_cash=cash,
        stated_by_id=actor.user_id,
        stated_at=now,
    )
    entered = PaperSlipEntered(
        session_id=session.pk,
        block=block.name,
        number=number,
        stated_entry=entered_at.isoformat(),
        stated_exit=left_at.isoformat() if left_at else "",
        stated_cash=cash,
    )
    audit.record(actor, entered, now)
