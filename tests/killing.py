"""For programs that are killed: the steps of a journey, and a process of its own for each journey, that dies at one."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db import connections

from deploy.processes import end_with_parent
from tests.gateways.standin import ROOT
from tests.payments.world import environment_for

LONGEST = 200
# A program that hangs is ended then. How long one works that does not is the machine's matter: its steps are counted.
SECONDS = 600


class Steps:
    """Counts what a journey does, and kills the process at the step that was named."""

    def __init__(self, last: int) -> None:
        self._last = last
        self._done = 0

    def around(self, owner: Any, name: str, what: str) -> None:
        """Let a function be two steps: before it works, and after."""
        work: Callable[..., Any] = getattr(owner, name)

        def watched(*args: Any, **kwargs: Any) -> Any:
            self._step(f"before {what}")
            result = work(*args, **kwargs)
            self._step(f"after {what}")
            return result

        setattr(owner, name, watched)

    def _step(self, name: str) -> None:
        self._done += 1
        if self._done == self._last:
            os.write(1, f"{name}\n".encode())
            os.kill(os.getpid(), signal.SIGKILL)


def lives_to_its_end(number: int, watch: Callable[[Steps], None], journey: Callable[[], None]) -> bool:
    """Make a journey in a process that dies at step `number`; return whether there is no such step any more."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        watch(Steps(number))
        journey()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return False
    assert os.waitstatus_to_exitcode(status) == 0, f"the journey failed at step {number}"
    return True


def deaths_of(module: str, *arguments: str, standin: str = "http://127.0.0.1:9") -> Counter[str]:
    """Run a program on this test's database; return where its journeys were killed, and how often.

    `standin`: the address of the gateway that is played; the default is nobody's.
    """
    program = f"import django, runpy; django.setup(); runpy.run_module('{module}', run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=ROOT,
        env=environment_for(standin),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
        preexec_fn=end_with_parent(signal.SIGKILL),
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return Counter(line for line in done.stdout.splitlines() if line.startswith(("before ", "after ")))
