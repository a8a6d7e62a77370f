"""Lock files pin by checksum, and name no place on the network."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = [
    *("package-lock.json", "requirements.txt", "requirements-dev.txt"),
    *("requirements-node.txt", "requirements-installer.txt"),
]


@pytest.mark.parametrize("name", LOCKS)
def test_no_addresses(name):
    assert "://" not in (ROOT / name).read_text()


@pytest.mark.parametrize("name", LOCKS)
def test_everything_has_a_checksum(name):
    text = (ROOT / name).read_text()
    pinned = text.count('"version":') - 1 if name.endswith(".json") else text.count("==")
    assert 0 < pinned <= text.count("integrity") + text.count("--hash=sha256:")
