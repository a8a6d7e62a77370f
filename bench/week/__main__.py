"""`make week`, or `python -m bench.week [--cars N] [--seed N] [--port N] [--folder DIR]`, on DATABASE_URL or SQLite."""

import argparse
import heapq
import os
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from bench import children
from bench.week import checks, refusals, stories
from bench.week.calls import Traffic, Unexpected
from bench.week.ledger import Ledger
from bench.week.moved import Hand
from bench.week.serving import HOST, served
from bench.week.stories import Story
from bench.week.town import DAYS, Town, moment
from deploy import processes

# Moments of the day at which cars come, by weight: few at night, most in the morning and the evening.
_HOURS = (1, 1, 0, 0, 0, 1, 2, 4, 7, 8, 7, 6, 5, 5, 5, 6, 8, 9, 8, 5, 3, 2, 1, 1)
_AT_ONCE = 4
_SETTLE_SECONDS = 60
_BAD_IN_LOG = ("Traceback", "[error", '"level": "error"', "Internal Server Error")


class Week:
    """Stories in the order of time: those of one moment run at once, then the clock moves to the next."""

    def __init__(self, town: Town, hand: Hand, cars: int) -> None:
        self.town, self.hand, self.cars = town, hand, cars
        self._waiting: list[tuple[datetime, int, Story]] = []
        self._numbers = count()

    def run(self) -> None:
        self._plan_special_days()
        for day in range(DAYS):
            for _ in range(self.cars):
                self._plan_car(day)
            self._run_until(moment(day + 1))
            self._settle(moment(day + 1))
        self._run_until(moment(DAYS + 1))
        self._settle(moment(DAYS + 1))

    # --- Plans ----------------------------------------------------------------------------------------

    def _add(self, story: Story) -> None:
        begin = next(story)
        heapq.heappush(self._waiting, (begin, next(self._numbers), story))

    def _plan_special_days(self) -> None:
        town = self.town
        for day in range(DAYS):
            self._add(refusals.wrong_site(town, moment(day, 11)))
            self._add(refusals.cash_back(town, moment(day, 14)))
            if day < DAYS - 1:
                for number, how in enumerate(("exit", "alone", "off", "open")[: 1 + day % 4]):
                    zone = town.zones[1 + (day + number) % 4]
                    self._add(stories.debtor(town, zone, moment(day, 15, 10 * number), how))
        self._add(refusals.permissions(town, moment(0, 20)))
        for story in (refusals.settings_change, refusals.price_change, refusals.zone_closed, refusals.opening_hours):
            self._add(story(town))

    def _plan_car(self, day: int) -> None:
        dice = self.town.dice
        begin = moment(day, dice.choices(range(24), _HOURS)[0], dice.randrange(0, 60, 10))
        zone = self.town.zones[dice.choice((1, 1, 2, 3, 3, 3, 4, 4))]
        minutes = 10 * int(min(max(dice.expovariate(1 / 14), 1), 60))
        if self._refuses_bookings(zone.id, begin):
            return
        kind = dice.choices(("visit", "booked", "no_show", "cancelled"), (45, 35, 8, 12))[0]
        end = moment(day + 1) if kind == "no_show" else begin + timedelta(minutes=minutes + 10)
        if not zone.plan(begin, end):
            return
        method = dice.choice(("CASH", "CASH", "UPI", "ONLINE"))
        gateway = dice.choice(("SIMULATED", "SIMULATED", "PHONEPE"))
        plans: dict[str, Callable[[], Story]] = {
            "visit": lambda: stories.visit(self.town, zone, begin, minutes, method),
            "booked": lambda: stories.booked(self.town, zone, begin, minutes, ways=(method, gateway)),
            "no_show": lambda: stories.no_show(self.town, zone, begin),
            "cancelled": lambda: stories.cancelled(self.town, zone, begin, dice.choice((1, 3, 8, 12))),
        }
        self._add(plans[kind]())

    def _refuses_bookings(self, zone: int, begin: datetime) -> bool:
        """Return whether the zone is closed then, by what managers do in the week."""
        closed = {4: [(moment(4, 23), moment(5, 2))], 1: [(moment(5, 2), moment(5, 4))]}
        closed[2] = [(moment(day, 23), moment(day + 1, 6)) for day in range(DAYS)]
        return any(first <= begin < last for first, last in closed.get(zone, []))

    # --- Time -----------------------------------------------------------------------------------------

    def _run_until(self, end: datetime) -> None:
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            while self._waiting and self._waiting[0][0] < end:
                at = self._waiting[0][0]
                self.hand.move_to(at)
                list(pool.map(self._go_on, self._due(at)))

    def _due(self, at: datetime) -> list[Story]:
        due = []
        while self._waiting and self._waiting[0][0] == at:
            due.append(heapq.heappop(self._waiting)[2])
        return due

    def _go_on(self, story: Story) -> None:
        try:
            again = next(story, None)
        except (Unexpected, KeyError, IndexError, TypeError, RuntimeError) as error:
            self.town.traffic.fault(f"{getattr(story, '__name__', story)}: {type(error).__name__} {error}")
            return
        if again is not None:
            heapq.heappush(self._waiting, (again, next(self._numbers), story))

    def _settle(self, at: datetime) -> None:
        """Begin a day: tokens have run out, and the worker has ended the bookings of those who did not come."""
        self.hand.move_to(at)
        old = self.town.people["admin"].token
        self.town.sign_everybody_in()
        admin = self.town.people["admin"]
        deadline = time.monotonic() + _SETTLE_SECONDS
        while time.monotonic() < deadline:
            late = admin.everything("/api/admin/all-sessions/", status="BOOKED")
            if all(row["enter_by"] > at.isoformat() for row in late):
                break
            time.sleep(0.5)
        else:
            self.town.traffic.fault(f"After {_SETTLE_SECONDS} s no-shows of {at} are still booked")
        self._refuses(old, at)

    def _refuses(self, token: str, at: datetime) -> None:
        """See that a token of the day before has run out."""
        self.hand.move_to(at + timedelta(minutes=5))
        answer = self.town.traffic.send("GET", "/api/admin/zones/", headers={"Authorization": f"Bearer {token}"})
        if answer.status_code != 401:
            self.town.traffic.fault(f"A token of the day before is answered {answer.status_code}")


# --- The run -----------------------------------------------------------------------------------------


def figures(town: Town, taken: float, books: dict[str, Any]) -> str:
    traffic = town.traffic
    times = sorted(traffic.seconds)
    money = town.ledger.sums(lambda row: row.site)
    lines = [
        f"{len(times)} requests in {taken:.0f} s, median {1000 * times[len(times) // 2]:.0f} ms,"
        f" p95 {1000 * times[int(len(times) * 0.95)]:.0f} ms, longest {1000 * times[-1]:.0f} ms",
        f"statuses {dict(sorted(traffic.statuses.items()))}",
        f"{books.get('sessions')} stays ({dict(town.ledger.ends)}), {books.get('documents')} documents",
        *(f"{site}: {sums.revenue} taken, {sums.refunds} given back" for site, sums in sorted(money.items())),
        f"refused as they should be: {dict(sorted(traffic.refusals.items()))}",
    ]
    return "\n".join(lines)


def complaints(log: Path) -> list[str]:
    lines = log.read_text(errors="replace").splitlines()
    return [f"The server's log: {line[:300]}" for line in lines if any(bad in line for bad in _BAD_IN_LOG)]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.week", description=__doc__)
    parser.add_argument("--cars", type=int, default=90, help="cars a day, at both sites together")
    parser.add_argument("--seed", type=int, default=1, help="another one is another week")
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument("--folder", type=Path, help="keep database, log and clock here")
    return parser.parse_args()


def tell(given: argparse.Namespace, folder: Path) -> list[str]:
    """Run the week and print its figures; answers the faults."""
    database = os.environ.get("DATABASE_URL") or f"sqlite:///{folder / 'week.sqlite3'}"
    hand = Hand(folder / "clock", moment(0))
    ledger = Ledger()
    traffic = Traffic(ledger, f"http://{HOST}:{given.port}")
    town = Town(traffic, ledger, given.seed)
    town.notes["window CP"], town.notes["window AIR"] = [5], [5]
    with served(database, given.port, folder=folder) as log:
        begun = time.monotonic()
        town.settle_in()
        Week(town, hand, given.cars).run()
        taken = time.monotonic() - begun
        checks.check_everything(town)
        faults = traffic.faults + complaints(log)
    try:
        books = children.ask(
            "bench.inside", "week.books", database_url=database, given={"now": moment(DAYS + 1, 1).isoformat()}
        )
    except children.Failed as failure:
        books, faults = {}, [*faults, f"The books: {failure}"]
    print(figures(town, taken, books))
    return faults


def main() -> int:
    given = arguments()
    processes.adopt_orphans()
    try:
        with tempfile.TemporaryDirectory(prefix="smart-parking-week-") as directory:
            folder = given.folder or Path(directory)
            folder.mkdir(parents=True, exist_ok=True)
            faults = tell(given, folder)
    except (children.Failed, Unexpected) as error:
        faults = [str(error)]
    finally:
        processes.kill_adopted()
    print(*(f"FAULT {fault}" for fault in faults), sep="\n")
    print(f"{len(faults)} faults")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
