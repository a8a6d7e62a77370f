"""The only writer of photos of sessions, and their reads."""

from datetime import datetime

from parking.core.actor import Actor
from parking.core.errors import NotFound
from parking.core.photos import as_photo
from parking.core.sites import at_sites
from parking.stays.exempt_models import EvidenceMoment, ParkingSessionEvidence
from parking.stays.models import ParkingSession


def keep_photo(
    *, session: ParkingSession, moment: EvidenceMoment, note: str, content: bytes, actor: Actor, now: datetime
) -> ParkingSessionEvidence:
    """Keep a photo of a session. Raises Refused `photo_invalid`."""
    return ParkingSessionEvidence.objects.create(
        session=session,
        moment=moment,
        note=note,
        jpeg=as_photo(content),
        taken_by_id=actor.user_id,
        created_at=now,
    )


def photo(evidence_id: int, actor: Actor) -> bytes:
    """Return a photo as JPEG. Raises NotFound `photo_not_found`, also for one of another site, and for drivers."""
    rows = ParkingSessionEvidence.objects.filter(pk=evidence_id) if actor.sees_work else None
    if rows is not None:
        found = at_sites(rows, actor.sites, "session__zone__site_id").values_list("jpeg", flat=True).first()
        if found is not None:
            return bytes(found)
    raise NotFound("photo_not_found", "There is no such photo")


def photos_of(session: ParkingSession) -> list[ParkingSessionEvidence]:
    """Return the photos of a session without their content, oldest first."""
    return list(ParkingSessionEvidence.objects.filter(session=session).defer("jpeg").order_by("pk"))


def photo_of_session(session: ParkingSession) -> bytes | None:
    """Return the newest photo of a session as JPEG, None for none."""
    rows = ParkingSessionEvidence.objects.filter(session=session).order_by("-pk")
    found = rows.values_list("jpeg", flat=True).first()
    return None if found is None else bytes(found)
