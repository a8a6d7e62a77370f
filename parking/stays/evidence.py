"""The only writer of photos of sessions, and their reads."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from parking.audit import services as audit
from parking.core.actor import Actor
from parking.core.errors import NotFound, Refused
from parking.core.photos import as_photo
from parking.core.sites import at_sites
from parking.stays import access
from parking.stays.access import StayRef
from parking.stays.events import PhotoTaken
from parking.stays.exempt_models import EvidenceMoment, ParkingSessionEvidence
from parking.stays.models import ParkingSession

MOST_PHOTOS = 20
ADDED_UNTIL = timedelta(hours=24)
AT_ENTRY = timedelta(minutes=5)
# After the end of a session; managers and auditors see its photos as long as they are kept.
SEEN_BY_ATTENDANTS = timedelta(days=30)


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


def add_photo(
    *,
    actor: Actor,
    session: StayRef,
    content: bytes,
    now: datetime,
    moment: EvidenceMoment | None = None,
    note: str = "",
) -> ParkingSessionEvidence:
    """Keep a photo that an attendant takes of a car, until a day after it left. The same photo again is the same.

    Without `moment` it is of the entry until five minutes after that, later of the exit. Raises NotFound
    `session_not_found`; Refused `session_over`, `too_many_photos`, `photo_invalid`.
    """
    jpeg = as_photo(content)
    with transaction.atomic():
        stay = access.lock(session, actor, at_work=True)
        if stay.ended_at is not None and now > stay.ended_at + ADDED_UNTIL:
            raise Refused("session_over", "This parking session is over", session_id=stay.pk)
        rows = ParkingSessionEvidence.objects.filter(session=stay)
        present = rows.filter(jpeg=jpeg).defer("jpeg").first()
        if present is not None:
            return present
        if rows.count() >= MOST_PHOTOS:
            raise Refused("too_many_photos", f"A session has {MOST_PHOTOS} photos at most", session_id=stay.pk)
        kept = ParkingSessionEvidence.objects.create(
            session=stay,
            moment=moment or _moment(stay, now),
            note=note,
            jpeg=jpeg,
            taken_by_id=actor.user_id,
            created_at=now,
        )
        audit.record(actor, PhotoTaken(session_id=stay.pk, evidence_id=kept.pk, moment=kept.moment), now)
    return kept


def _moment(stay: ParkingSession, now: datetime) -> EvidenceMoment:
    entered = stay.entry_time
    return EvidenceMoment.ENTRY if entered is None or now <= entered + AT_ENTRY else EvidenceMoment.EXIT


def has_exit_photo(session: ParkingSession) -> bool:
    """Return whether somebody took a photo of a car as it left."""
    return ParkingSessionEvidence.objects.filter(session=session, moment=EvidenceMoment.EXIT).exists()


def photo(evidence_id: int, actor: Actor, now: datetime) -> bytes:
    """Return a photo as JPEG.

    Raises NotFound `photo_not_found`, also for one of another site, for drivers, and for attendants once the session
    has been over for 30 days.
    """
    rows = ParkingSessionEvidence.objects.filter(pk=evidence_id) if actor.sees_work else None
    if rows is not None:
        rows = _seen_by(actor, rows, now)
        found = at_sites(rows, actor.sites, "session__zone__site_id").values_list("jpeg", flat=True).first()
        if found is not None:
            return bytes(found)
    raise NotFound("photo_not_found", "There is no such photo")


def _seen_by(actor: Actor, rows: QuerySet[ParkingSessionEvidence], now: datetime) -> QuerySet[ParkingSessionEvidence]:
    """Return those of some photos that are not too old for this person."""
    if actor.role != "STAFF":
        return rows
    return rows.filter(Q(session__ended_at=None) | Q(session__ended_at__gt=now - SEEN_BY_ATTENDANTS))


def photos_of(session: ParkingSession, actor: Actor, now: datetime) -> list[ParkingSessionEvidence]:
    """Return the photos of a session that `photo` shows this person, without their content, oldest first."""
    rows = ParkingSessionEvidence.objects.filter(session=session).defer("jpeg").order_by("pk")
    return list(_seen_by(actor, rows, now))


def photo_ids_of(sessions: Iterable[ParkingSession]) -> dict[int, list[int]]:
    """Return the ids of the photos of sessions, oldest first, by the id of the session."""
    found: dict[int, list[int]] = {session.pk: [] for session in sessions}
    rows = ParkingSessionEvidence.objects.filter(session__in=list(found)).order_by("pk")
    for session_id, evidence_id in rows.values_list("session_id", "pk"):
        found[session_id].append(evidence_id)
    return found


def photo_of_session(session: ParkingSession) -> bytes | None:
    """Return the newest photo of a session as JPEG, None for none."""
    rows = ParkingSessionEvidence.objects.filter(session=session).order_by("-pk")
    found = rows.values_list("jpeg", flat=True).first()
    return None if found is None else bytes(found)
