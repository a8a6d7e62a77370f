"""The web server: granian and its options, with the application loaded once for all its workers.

python -m deploy.web smart_parking.rsgi:application --interface rsgi ...
python -m deploy.web --after-line smart_parking.rsgi:application ...   serves only once a line came on standard input

Workers are forked from this process: what is loaded before is loaded once, and its memory is shared.
"""

import os
import signal
import sys
from importlib import import_module
from pathlib import Path

import django
from django.conf import settings
from granian.cli import entrypoint

from deploy import assets

AFTER_LINE = "--after-line"


def forget_inherited_handler() -> None:
    """Let SIGTERM end a worker that is still loading.

    A forked worker begins with the handler of the main process, which takes note of the signal and does nothing.
    Told to stop before it has its own handler, it would stay until it is killed.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def load_addresses() -> None:
    """Load what every request may need. It reads neither the database nor the files for browsers."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smart_parking.settings")
    django.setup()
    import_module("smart_parking.urls")


def take_collected_files() -> None:
    """Serve the files for browsers that were collected since the settings were read, not those before them."""
    if Path(settings.STATIC_ROOT).parent == assets.HOME:
        settings.STATIC_ROOT = str(assets.CURRENT.resolve())


def main() -> None:
    if sys.argv[1] == AFTER_LINE:
        del sys.argv[1]
        load_addresses()
        if not sys.stdin.readline():
            sys.exit("Whoever prepares the start has ended.")
        take_collected_files()
    import_module(sys.argv[1].partition(":")[0])
    os.register_at_fork(after_in_child=forget_inherited_handler)
    entrypoint()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    main()
