"""When notices are sent and sent again, and by which channels. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

# Pauses after an attempt that failed. After the last one the delivery has failed.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120))
# A worker that has not finished an attempt after so long counts as dead: another one makes the next attempt.
LEASE = timedelta(minutes=2)
# Channels that make a sound keep to quiet hours; a mail lies and waits.
LOUD = frozenset({"PUSH", "SMS", "WHATSAPP"})
# Why a delivery ended that is of no use any more: what it tells is over, or it has no address now. Nobody need act.
OUTDATED = "outdated"
# A browser that has signed off, or whose push service no longer knows it. The person has others, or wants none.
GONE = frozenset({"no_subscription", "http_404", "http_410"})


@dataclass(frozen=True)
class Quiet:
    """Quiet hours, from the hour `begin` to the hour `end` of the next day or the same; equal: none."""

    begin: int = 22
    end: int = 7


def next_attempt(attempts: int, now: datetime) -> datetime | None:
    """Return when a delivery that failed so often is sent again; None: never."""
    return now + PAUSES[attempts - 1] if 1 <= attempts <= len(PAUSES) else None


def first_attempt(channel: str, *, now: datetime, zone: ZoneInfo, quiet: Quiet, urgent: bool) -> datetime:
    """Return when a delivery is sent: at once, or when the quiet hours end."""
    return now if urgent or channel not in LOUD else _end_of_quiet(now, zone, quiet)


def _end_of_quiet(now: datetime, zone: ZoneInfo, quiet: Quiet) -> datetime:
    local = now.astimezone(zone)
    if quiet.begin == quiet.end or not _is_quiet(local.hour, quiet):
        return now
    end = local.replace(hour=quiet.end, minute=0, second=0, microsecond=0)
    if end <= local:
        end += timedelta(days=1)
    return end.astimezone(now.tzinfo)


def _is_quiet(hour: int, quiet: Quiet) -> bool:
    if quiet.begin < quiet.end:
        return quiet.begin <= hour < quiet.end
    return hour >= quiet.begin or hour < quiet.end


def needs_nobody(channel: str, error: str) -> bool:
    """Return whether a delivery that failed so is nobody's to look after: no attempt could reach anybody."""
    return error == OUTDATED or (channel == "PUSH" and error in GONE)


def wanted_channels(
    usual: Collection[str], chosen: Mapping[str, bool], *, available: Collection[str], urgent: bool
) -> list[str]:
    """Return the channels of a notice, in the order of those available: as chosen, otherwise as usual."""
    if urgent:
        return [channel for channel in available if channel in usual]
    return [channel for channel in available if chosen.get(channel, channel in usual)]
