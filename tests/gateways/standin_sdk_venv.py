"""The virtual environment of the official SDKs: made once, kept in .cache, apart from ours for their old pins."""

import fcntl
import hashlib
import json
import subprocess
import venv
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
REQUIREMENTS = Path(__file__).with_name("sdk-requirements.txt")
HOME = ROOT / ".cache" / "sdk-venv"
INSTALL_SECONDS = 300
RUN_SECONDS = 60


def sdk_python() -> Path:
    """The interpreter that has the SDKs. Of several test processes one makes it, the others wait.

    The test fails if they cannot be installed: without them nothing is proved.
    """
    HOME.parent.mkdir(exist_ok=True)
    with HOME.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = HOME / f".made-{hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:16]}"
        if not stamp.exists():
            _make()
            stamp.touch()
    return HOME / "bin" / "python"


def _make() -> None:
    venv.create(HOME, with_pip=True, clear=True)
    pip = [str(HOME / "bin" / "python"), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    run = subprocess.run(
        [*pip, "--require-hashes", "-r", str(REQUIREMENTS)],
        capture_output=True,
        text=True,
        check=False,
        timeout=INSTALL_SECONDS,
    )
    if run.returncode:
        pytest.fail(f"THE OFFICIAL SDKS COULD NOT BE INSTALLED, so nothing is proved:\n{run.stdout}{run.stderr}")


def drive(script: str, address: str) -> dict[str, Any]:
    """Run one of the scripts beside this file with the SDKs; what it prints as JSON."""
    path = Path(__file__).with_name(script)
    run = subprocess.run(
        [str(sdk_python()), str(path), address], capture_output=True, text=True, check=False, timeout=RUN_SECONDS
    )
    if run.returncode:
        pytest.fail(f"{script} failed:\n{run.stderr}")
    # The SDKs print to stdout as well, so only the last line is ours.
    return dict(json.loads(run.stdout.splitlines()[-1]))
