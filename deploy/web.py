"""The web server: granian and its options, with one repair.

python -m deploy.web smart_parking.wsgi:application --interface wsgi ...
"""

import os
import signal

from granian.cli import entrypoint


def forget_inherited_handler() -> None:
    """Let SIGTERM end a worker that is still loading.

    A forked worker begins with the handler of the main process, which takes note of the signal and does nothing.
    Told to stop before it has its own handler, it would stay until it is killed.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


if __name__ == "__main__":
    os.register_at_fork(after_in_child=forget_inherited_handler)
    entrypoint()  # type: ignore[no-untyped-call]
