"""Run a part of the suite and print how many seconds it took.

python -m tests.timed NAME COMMAND...     exits as COMMAND does; a part that selected no test counts as passed
"""

import subprocess
import sys
import time

NOTHING_SELECTED = 5  # pytest's exit status where PYTEST_ARGS leave a part without tests


def main(name: str, *command: str) -> int:
    began = time.monotonic()
    status = subprocess.run(command, check=False).returncode
    print(f"{name}: {time.monotonic() - began:.0f} s", flush=True)
    return 0 if status == NOTHING_SELECTED else status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
