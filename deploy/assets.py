"""Assets for browsers: fetched, copied, named by checksum, compressed. `make run` and `make test` call it first.

    python -m deploy.assets

Each state of the sources is collected into a folder of its own below `.cache/static`, and `current` points to the
newest: a running server keeps the files that it started with.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from deploy import npm, vendor

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".cache" / "static"
CURRENT = HOME / "current"
# Beside these, the packages' own files (Django's, ninja's) change with their releases.
DECIDING = (ROOT / "requirements.txt", ROOT / "parking" / "web" / "storage.py", Path(__file__))
COMPRESSED = (".br", ".gz")
KEPT_SECONDS = 24 * 3600  # for servers that still run on an older state


def prepare() -> Path:
    """Bring everything up to date and return the folder that is to be served. Raises npm.Failure."""
    with npm.alone():
        vendor.prepare()
        folder = HOME / _fingerprint()
        if not folder.is_dir():
            _collect(folder)
        _point_to(folder)
        _forget_old(folder)
    return folder


def _fingerprint() -> str:
    digest = hashlib.sha256(vendor.checksum().encode())
    ours = [path for folder in (ROOT / "parking").glob("*/static") for path in folder.rglob("*") if path.is_file()]
    for path in (*DECIDING, *sorted(ours)):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(ROOT)}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:16]


def _collect(folder: Path) -> None:
    print("Collecting and compressing the browser's files", flush=True)
    unfinished = HOME / "unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    _keep_what_was_compressed(unfinished)
    environment = os.environ | {"SMART_PARKING_STATIC_ROOT": str(unfinished)}
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise npm.Failure(f"The browser's files could not be collected:\n{done.stderr.strip()}")
    _drop_orphans(unfinished)
    unfinished.rename(folder)


def _keep_what_was_compressed(folder: Path) -> None:
    """Take over the compressed files of an earlier state under the same name; compressing well takes seconds."""
    if not CURRENT.is_dir():
        return
    earlier = CURRENT.resolve()
    for path in earlier.rglob("*"):
        if path.suffix in COMPRESSED:
            copy = folder / path.relative_to(earlier)
            copy.parent.mkdir(parents=True, exist_ok=True)
            os.link(path, copy)


def _drop_orphans(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.suffix in COMPRESSED and not path.with_suffix("").exists():
            path.unlink()


def _point_to(folder: Path) -> None:
    os.utime(folder)
    if CURRENT.is_symlink() and CURRENT.readlink() == Path(folder.name):
        return
    link = HOME / "next"
    link.unlink(missing_ok=True)
    link.symlink_to(folder.name)
    link.replace(CURRENT)


def _forget_old(folder: Path) -> None:
    oldest = time.time() - KEPT_SECONDS
    for other in HOME.iterdir():
        if other.is_dir() and not other.is_symlink() and other != folder and other.stat().st_mtime < oldest:
            shutil.rmtree(other, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(npm.say_failure(prepare))
