"""Processor time of running programs, which hardly depends on other work on the machine."""

import os
import resource
from pathlib import Path

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def seconds_of(root: int) -> float:
    """Return the processor seconds so far of a process, its descendants, and those of them that have ended."""
    stats = _stats()
    family, ticks = [root], 0
    while family:
        pid = family.pop()
        if pid in stats:
            ticks += stats[pid][1]
            family += [child for child, (parent, _ticks) in stats.items() if parent == pid]
    return ticks / _TICKS_PER_SECOND


def seconds_of_ended_children() -> float:
    """Return the processor seconds of the programs that we started and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def parent_of(pid: int) -> int:
    return _stats()[pid][0]


def _stats() -> dict[int, tuple[int, int]]:
    """Return parent and ticks (own, and of ended children; user and system) of every process."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            # pid (name) state parent ...: a name may hold spaces and brackets, so count from the last one
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # ended in between
        found[int(path.parent.name)] = int(fields[1]), sum(map(int, fields[11:15]))
    return found
