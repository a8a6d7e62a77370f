"""Scans that changed a stay, by the number that the gate gave each: its repeat gets the same answer."""

from datetime import datetime

from parking.stays.models import GateScan, ParkingSession, ScanKind


def remember_scan(*, session: ParkingSession, kind: ScanKind, scan_id: str | None, now: datetime) -> None:
    """Keep the number of a scan that changed the stay, so that its repeat gets the same answer."""
    if scan_id:
        row = GateScan(session=session, kind=kind, scan_id=scan_id, created_at=now)
        GateScan.objects.bulk_create([row], ignore_conflicts=True)


def is_repeated_scan(*, session: ParkingSession, kind: ScanKind, scan_id: str | None) -> bool:
    """Whether this very scan changed the stay before."""
    return bool(scan_id) and GateScan.objects.filter(session=session, kind=kind, scan_id=scan_id).exists()
