"""Chromium for the browser tests: found on this machine, or installed. `make test` calls it first.

    python -m deploy.chromium     fails only where CI is set; elsewhere the tests are skipped, with a notice

CHROMIUM names another one.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
APPLICATIONS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
# Where `playwright install` puts it, on Linux and macOS.
DOWNLOADS = (".cache/ms-playwright", "Library/Caches/ms-playwright")
DOWNLOADED = ("chromium-*/chrome-linux*/chrome", "chromium-*/chrome-mac*/*.app/Contents/MacOS/*")
# The same engine without windows: a third less of the processor for the same pages, but it shows no notifications.
SHELL = "chromium-headless-shell"
DOWNLOADED_SHELL = "chromium_headless_shell-*/*/*headless*shell"
# A Devanagari font too: without one Hindi pages are rows of boxes in pictures.
PACKAGES = ("chromium", "fonts-noto-core")
MISSING = (
    "Chromium is missing, so no browser test can run. Install it (Debian: apt install chromium), let Playwright "
    "(.venv/bin/playwright install chromium), or name one: CHROMIUM=/path/to/chromium make test"
)
BANNER = "*" * 100


def find() -> str | None:
    """Return the path of a Chromium that starts, or None."""
    return next((path for path in _candidates() if _starts(path)), None)


def find_quick() -> str | None:
    """Return the path of a Chromium for what needs no window: the shell if it is there, else that of `find`."""
    if os.environ.get("CHROMIUM"):
        return find()
    return next((path for path in _shells() if _starts(path)), None) or find()


def is_required() -> bool:
    """Return whether a missing Chromium is a failure, as in CI."""
    return os.environ.get("CI", "").strip().lower() not in {"", "0", "false", "no"}


def _candidates() -> Iterator[str]:
    named = os.environ.get("CHROMIUM")
    if named:
        yield named
        return  # whoever names one wants no other
    for name in NAMES:
        found = shutil.which(name)
        if found:
            yield found
    yield from APPLICATIONS
    for home in _download_homes():
        for pattern in DOWNLOADED:
            yield from sorted(map(str, home.glob(pattern)), reverse=True)


def _shells() -> Iterator[str]:
    found = shutil.which(SHELL)
    if found:
        yield found
    for home in _download_homes():
        yield from sorted(map(str, home.glob(DOWNLOADED_SHELL)), reverse=True)


def _download_homes() -> Iterator[Path]:
    named = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    if named and named != "0":
        yield Path(named)
    for folder in DOWNLOADS:
        yield Path.home() / folder


def _starts(path: str) -> bool:
    """Return whether the program runs: Ubuntu has a `chromium-browser` that only says how to install one."""
    try:
        done = subprocess.run([path, "--version"], capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def install() -> None:
    """Try the ways to install Chromium on this machine; `find` then shows whether one worked."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing Chromium (apt-get)", flush=True)
        if not _apt("install", "-y", "--no-install-recommends", *PACKAGES):
            _apt("update")
            _apt("install", "-y", "--no-install-recommends", *PACKAGES)
        _apt("install", "-y", "--no-install-recommends", SHELL)  # not everywhere, and only quicker
    if find() is None:
        print("Fetching Chromium (playwright install)", flush=True)
        _run([sys.executable, "-m", "playwright", "install", "chromium"])


def _apt(*arguments: str) -> bool:
    return _run(["apt-get", "-qq", *arguments], DEBIAN_FRONTEND="noninteractive")


def _run(command: list[str], **environment: str) -> bool:
    try:
        done = subprocess.run(
            command,
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=600,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def main() -> int:
    if find() is None and not os.environ.get("CHROMIUM"):
        install()
    if find() is not None:
        return 0
    print(f"{BANNER}\n{MISSING}\n{BANNER}", file=sys.stderr)
    return 1 if is_required() else 0


if __name__ == "__main__":
    sys.exit(main())
