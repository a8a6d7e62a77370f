"""How the pinned packages are installed: by uv, told what pip is told; by pip where uv cannot."""

import sys
from pathlib import Path

import pytest

from deploy import install


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The programs that were called, each with its list; `uv` fails for a list named `odd`."""
    called: list[str] = []

    def pip(pinned: Path) -> int:
        called.append(f"pip {pinned.name}")
        return 0

    def uv(pinned: Path) -> int:
        called.append(f"uv {pinned.name}")
        return int(pinned.name == "odd")

    monkeypatch.setattr(install, "_pip", pip)
    monkeypatch.setattr(install, "_uv", uv)
    return called


def test_uv_installs_what_pip_need_not(calls: list[str]) -> None:
    assert (install.install(Path("list")), calls) == (0, ["pip requirements-installer.txt", "uv list"])


def test_pip_installs_what_uv_cannot(calls: list[str]) -> None:
    assert install.install(Path("odd")) == 0
    assert calls == ["pip requirements-installer.txt", "uv odd", "pip odd"]


def test_a_uv_that_is_elsewhere_is_one_that_cannot(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(install, "_environment", dict)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    assert install._uv(Path("list")) == 1


def test_uv_is_told_where_pip_finds_packages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The environment counts more than a file, and a section for `pip install` more than the general one."""
    said = tmp_path / "pip"
    said.write_text(
        "print(\":env:.find-links='/wheels /more'\")\n"
        "print(\"install.index-url='file:///own'\")\n"
        "print(\"global.index-url='file:///other'\")\n"
        "print(\"global.find-links='/elsewhere'\")\n"
        "print(\"global.extra-index-url='file:///one file:///two'\")\n"
        "print(\"global.timeout='60'\")\n"
        "print(\"global.trusted-host='theirs'\")\n"
    )
    monkeypatch.setattr(install, "PIP", (sys.executable, str(said)))
    for variable, _ in install.VARIABLES.values():
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("UV_INSECURE_HOST", "mine")
    told = install._environment()
    assert {name: told.get(name) for name, _ in install.VARIABLES.values()} == {
        "UV_DEFAULT_INDEX": "file:///own",
        "UV_EXTRA_INDEX_URL": "file:///one file:///two",
        "UV_FIND_LINKS": "/wheels,/more",
        "UV_INSECURE_HOST": "mine",
        "SSL_CERT_FILE": None,
    }
