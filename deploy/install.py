"""Install a pinned list into this project's environment, quicker than pip does.

    python -m deploy.install requirements.txt

pip installs uv, by a pinned list of its own, and uv the rest. What pip's settings say of where packages are, uv is told
too. Where uv cannot do it, for whatever reason, pip does. The browser's libraries are fetched meanwhile.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INSTALLER = ROOT / "requirements-installer.txt"
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check")
# pip's settings with the variables by which uv is told the same, and what stands between several values there. Not with
# options: an address may carry a password, and a command is seen by everybody.
VARIABLES = {
    "index-url": ("UV_DEFAULT_INDEX", " "),
    "extra-index-url": ("UV_EXTRA_INDEX_URL", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "trusted-host": ("UV_INSECURE_HOST", " "),
    "cert": ("SSL_CERT_FILE", " "),
}


def install(pinned: Path) -> int:
    """Install what a list pins, each file by its checksum; answers the exit code of whatever installed it."""
    if _pip(INSTALLER) == 0 and _uv(pinned) == 0:
        return 0
    return _pip(pinned)


def _pip(pinned: Path) -> int:
    return subprocess.run([*PIP, "install", "-qq", "--require-hashes", "-r", str(pinned)], check=False).returncode


def _uv(pinned: Path) -> int:
    command = [str(Path(sys.executable).with_name("uv")), "pip", "install", "--quiet", "--require-hashes"]
    # Of equal names the best version counts, as with pip.
    command += ["--python", sys.executable, "--index-strategy", "unsafe-best-match", "-r", str(pinned)]
    try:
        return subprocess.run(command, env=_environment(), capture_output=True, check=False).returncode
    except OSError:
        # It is elsewhere, because the environment sees packages of the machine, or may not be run here.
        return 1


def _environment() -> dict[str, str]:
    """Return the environment, with what pip is told of where packages are; who tells uv so himself is heard."""
    told = {VARIABLES[name][0]: VARIABLES[name][1].join(value.split()) for name, value in _settings().items()}
    return {"UV_NO_CONFIG": "1", **told, **os.environ}


def _settings() -> dict[str, str]:
    """Return pip's settings that say where packages come from. Those of the environment count most."""
    listed = subprocess.run([*PIP, "config", "list"], capture_output=True, text=True, check=False).stdout
    found = {}
    for section in ("global", "install", ":env:"):
        for line in listed.splitlines():
            place, _, value = line.partition("=")
            name = place.removeprefix(f"{section}.")
            if name in VARIABLES:
                found[name] = value.strip("'\"").replace("\\n", " ")
    return found


def main(pinned: str) -> int:
    fetching = subprocess.Popen([sys.executable, "-m", "deploy.npm", "meanwhile", pinned], cwd=ROOT)
    code = install(ROOT / pinned)
    fetching.wait()
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
