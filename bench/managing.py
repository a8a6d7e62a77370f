"""`python -m bench.managing PORT COOKIE`: opens reports one after the other until its standard input says something.

Prints the seconds of each as JSON.
"""

import http.client
import json
import select
import sys
import time
from datetime import UTC, datetime, timedelta

HOST, PAUSE_SECONDS, LIMIT_SECONDS = "127.0.0.1", 1.0, 60
REPORTS = (
    "/office/revenue/", "/office/revenue/?from={year}&to={today}&group=month", "/office/", "/office/sessions/",
    "/office/payments/", "/office/sessions/?end=1",
)  # fmt: skip


def main() -> None:
    port, cookie = int(sys.argv[1]), sys.argv[2]
    connection = http.client.HTTPConnection(HOST, port, timeout=LIMIT_SECONDS)
    today = datetime.now(UTC).date()
    days = {"today": today, "year": today - timedelta(days=364)}
    seen: list[float] = []
    while not select.select([sys.stdin], [], [], PAUSE_SECONDS)[0]:
        address = REPORTS[len(seen) % len(REPORTS)].format(**days)
        begun = time.perf_counter()
        connection.request("GET", address, headers={"Cookie": cookie})
        answer = connection.getresponse()
        answer.read()
        if answer.status != http.client.OK:
            raise SystemExit(f"{address}: {answer.status}")
        seen.append(time.perf_counter() - begun)
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
