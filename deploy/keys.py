"""The secret key of `make run` where others can reach it: not the one that everybody knows from the source."""

import os
import secrets
from pathlib import Path

KEPT = Path(__file__).resolve().parent.parent / ".cache" / "secret-key"


def use_own_key(given: str, kept: Path = KEPT) -> None:
    """Give all children a key of this installation, made once; `given` is the key of the environment, "" for none."""
    if not given:
        os.environ["SMART_PARKING_SECRET_KEY"] = _kept_key(kept)


def _kept_key(kept: Path) -> str:
    kept.parent.mkdir(parents=True, exist_ok=True)
    try:
        with open(os.open(kept, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:  # noqa: PTH123
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return kept.read_text()
