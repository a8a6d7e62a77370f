"""Child processes that never outlive the process that started them, even when that one is killed outright."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36


def end_with_parent(signum: signal.Signals, *, deaf_to: Iterable[signal.Signals] = ()) -> Callable[[], None]:
    """Return a function for `Popen(preexec_fn=...)`.

    On Linux the kernel then sends the child `signum` when this process dies. The child, and what it starts in turn,
    does not receive the signals in `deaf_to`.
    """
    prctl = _prctl()  # looked up before the fork, where it is safe
    parent = os.getpid()

    def arrange() -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, deaf_to)
        prctl(PR_SET_PDEATHSIG, int(signum))
        if os.getppid() != parent:
            os._exit(1)  # it died before we could ask

    return arrange


def end_with_my_parent(signum: signal.Signals) -> None:
    """Have the kernel send `signum` to this process when its parent dies, on Linux."""
    _prctl()(PR_SET_PDEATHSIG, int(signum))


def adopt_orphans() -> None:
    """Make grandchildren whose parent dies our children, where `kill_adopted` finds them, on Linux."""
    _prctl()(PR_SET_CHILD_SUBREAPER, 1)


def kill_adopted() -> None:
    """Kill adopted processes, and their orphans in turn. Call it when all other children are gone."""
    while pids := _children():
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def stop(processes: list[subprocess.Popen[bytes]], signum: signal.Signals, *, seconds: float) -> None:
    """Send all of them `signum`, wait for at most `seconds`, and kill those that are left."""
    for process in processes:
        process.send_signal(signum)  # does nothing to a process that has ended
    wait_or_kill(processes, seconds=seconds)


def wait_or_kill(processes: list[subprocess.Popen[bytes]], *, seconds: float) -> None:
    """Wait for at most `seconds` together, then kill those that are left."""
    deadline = time.monotonic() + seconds
    for process in processes:
        try:
            process.wait(max(deadline - time.monotonic(), 0))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _prctl() -> Callable[..., object]:
    if sys.platform != "linux":
        return lambda *_: None
    function = ctypes.CDLL(None).prctl
    function.argtypes = [ctypes.c_int] + [ctypes.c_ulong] * 4
    return lambda option, value: function(option, value, 0, 0, 0)


def _children() -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            # pid (name) state parent ...: a name may hold spaces and brackets, so count from the last one
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # ended in between
        if parent == os.getpid():
            found.append(int(stat.parent.name))
    return found
