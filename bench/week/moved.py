"""A clock that several processes share and one of them moves. For the week's own servers, never for a deployment.

    python -m bench.week.moved MODULE|FILE.py ARGUMENTS...   runs a program by that clock
    bench.week.moved:application                             is the web server's application, by that clock

The file named by WEEK_CLOCK holds by how many seconds the moved clock is ahead of the machine's. time-machine gives the
processes that time wherever Python asks for it, so tokens, bills and sweeps agree.
"""

import asyncio
import atexit
import mmap
import os
import runpy
import struct
import sys
import threading
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import time_machine

VARIABLE = "WEEK_CLOCK"
_FORM = struct.Struct("d")
_LOOK_SECONDS = 0.05
_FOLLOW_SECONDS = 10


class Hand:
    """Moves the clock; in the process that tells the story."""

    def __init__(self, path: Path, begin: datetime) -> None:
        path.write_bytes(_FORM.pack(0.0))
        self._file = path.open("r+b")
        self._shared = mmap.mmap(self._file.fileno(), _FORM.size)
        self._path = path
        self.move_to(begin)

    def move_to(self, moment: datetime) -> None:
        """Move the clock, and wait until the programs that look at it by themselves have seen it."""
        self._shared[:] = ahead = _FORM.pack(moment.timestamp() - time.time())
        deadline = time.monotonic() + _FOLLOW_SECONDS
        while any(_read(file) not in {ahead, b""} for file in self._path.parent.glob(f"{self._path.name}.*")):
            if time.monotonic() > deadline:
                raise TimeoutError("The worker does not follow the clock")
            time.sleep(_LOOK_SECONDS / 5)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:  # it ended
        return b""


class Follower:
    """Keeps a process at the shared clock's time, which goes on between two moves."""

    def __init__(self) -> None:
        with Path(os.environ[VARIABLE]).open("rb") as file:
            self._shared = mmap.mmap(file.fileno(), _FORM.size, access=mmap.ACCESS_READ)
        # time-machine knows the machine's own time only once it travels.
        self._ahead = 0.0
        self._traveller = time_machine.travel(time.time(), tick=True).start()
        self.follow()

    def follow(self) -> None:
        """Move this process, if the clock was moved."""
        if self._read() != self._ahead:
            self._traveller.move_to(self._moment())

    def follow_always(self) -> None:
        """Follow without being asked, and say so in a file of one's own."""
        seen = Path(f"{os.environ[VARIABLE]}.{os.getpid()}")
        atexit.register(seen.unlink, missing_ok=True)
        while True:
            self.follow()
            if not seen.exists() or seen.read_bytes() != _FORM.pack(self._ahead):
                seen.write_bytes(_FORM.pack(self._ahead))
            time.sleep(_LOOK_SECONDS)

    def _moment(self) -> float:
        self._ahead = self._read()
        return time_machine.escape_hatch.time.time() + self._ahead

    def _read(self) -> float:
        ahead: float = _FORM.unpack(self._shared[:])[0]
        return ahead


class _Application:
    """The product's application; each request finds the clock as it was last moved."""

    def __init__(self) -> None:
        self._follower = Follower()
        from smart_parking.rsgi import application  # noqa: PLC0415 - what it imports may ask for the time

        self._application = application

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._application.__rsgi_init__(loop)

    async def __rsgi__(self, scope: Any, call: Any) -> None:
        self._follower.follow()
        await self._application.__rsgi__(scope, call)


def __getattr__(name: str) -> Any:
    # Made when the web server asks for it, in the process that answers.
    if name == "application":
        return _Application()
    raise AttributeError(name)


def main(program: str, arguments: list[str]) -> None:
    threading.Thread(target=Follower().follow_always, daemon=True).start()
    sys.argv = [program, *arguments]
    if program.endswith(".py"):
        runpy.run_path(program, run_name="__main__")
    else:
        runpy.run_module(program, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
