"""Start the stand-in: `python -m gateway_standin --port 8801`. Ends cleanly on SIGTERM and SIGINT."""

import logging
import signal
import sys
import threading
from types import FrameType

from gateway_standin.app import App
from gateway_standin.options import parse
from gateway_standin.standin import Standin
from gateway_standin.wire.server import Server


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    options = parse(sys.argv[1:])
    standin = Standin(options)
    try:
        server = Server(options.port, App(standin))
    except (OSError, OverflowError) as error:
        sys.exit(f"The stand-in gateway cannot listen on port {options.port}: {error}")
    standin.phonepe.address = server.address
    stop = _stop_on_signals()
    standin.schedule.start()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
    # Whoever started this with port 0 reads the line to learn the port.
    sys.stdout.write(f"Stand-in gateway listening on {server.address}\n")
    sys.stdout.flush()
    stop.wait()
    server.shutdown()
    server.server_close()
    standin.schedule.stop()


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()

    def handle(_signum: int, _frame: FrameType | None) -> None:
        stop.set()

    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, handle)
    return stop


if __name__ == "__main__":
    main()
