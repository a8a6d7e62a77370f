"""Start the stand-in: `python -m message_standin --port 8802 --smtp-port 2525`. Ends cleanly on SIGTERM and SIGINT."""

import argparse
import logging
import signal
import sys
import threading
from types import FrameType

from gateway_standin.wire.server import Server
from message_standin.app import App
from message_standin.box import Box
from message_standin.push import PushService
from message_standin.smtp import SmtpServer


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    parser = argparse.ArgumentParser(prog="python -m message_standin", description=__doc__)
    parser.add_argument("--port", type=int, default=8802, help="of pages and providers; 0 for any free one")
    parser.add_argument("--smtp-port", type=int, default=2525, help="of the mail server; 0 for any free one")
    options = parser.parse_args()
    box = Box()
    app = App(box, PushService())
    try:
        web, smtp = Server(options.port, app), SmtpServer(options.smtp_port, box)
    except (OSError, OverflowError) as error:
        sys.exit(f"The stand-in of messages cannot listen: {error}")
    app.address = web.address
    stop = threading.Event()

    def handle(_signum: int, _frame: FrameType | None) -> None:
        stop.set()

    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, handle)
    for server in (web, smtp):
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
    # Whoever started this with port 0 reads the line to learn the ports.
    sys.stdout.write(f"Stand-in of messages listening on {web.address} smtp://127.0.0.1:{smtp.port}\n")
    sys.stdout.flush()
    stop.wait()
    for server in (web, smtp):
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    main()
