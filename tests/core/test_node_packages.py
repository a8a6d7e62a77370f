"""Which packages of npm are installed, and on which Node the developers' tools run."""

import shutil

import pytest

from deploy import npm


@pytest.fixture
def installed(monkeypatch, tmp_path) -> list[str]:
    """The choices that npm was called with."""
    calls: list[str] = []
    monkeypatch.setattr(npm, "CACHE", tmp_path)
    monkeypatch.setattr(npm, "HOME", tmp_path / "node")
    monkeypatch.setattr(npm, "STAMP", tmp_path / "node" / "installed")
    monkeypatch.setattr(npm, "_npm", lambda: ["npm"])
    monkeypatch.setattr(npm, "_run", lambda command: calls.append(command[2]))
    return calls


def test_the_product_is_run_without_the_tools(installed):
    npm.install()
    npm.install()
    assert installed == ["--omit=dev"]


def test_the_tools_come_on_top(installed):
    npm.install()
    npm.install_tools()
    npm.install_tools()
    assert installed == ["--omit=dev", "--include=dev"]


def test_who_has_the_tools_has_what_the_product_needs(installed):
    npm.install_tools()
    npm.install()
    assert installed == ["--include=dev"]


@pytest.mark.parametrize(
    ("packages", "choice"), [("requirements.txt", "--omit=dev"), ("requirements-dev.txt", "--include=dev")]
)
def test_while_packages_of_python_are_installed_what_goes_with_them_is_fetched(
    installed, monkeypatch, packages, choice
):
    monkeypatch.setattr(shutil, "which", lambda _name: "npm")
    monkeypatch.setattr(npm, "_is_recent", lambda _npm: True)
    npm.install_meanwhile(packages)
    assert installed == [choice]


def test_no_node_is_fetched_meanwhile(installed, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    npm.install_meanwhile("requirements.txt")
    assert installed == []


@pytest.mark.parametrize(
    ("version", "runs"),
    [
        *[("v18.20.8", False), ("v20.18.3", False), ("v20.19.0", True), ("v21.7.3", False)],
        *[("v22.12.0", False), ("v22.13.0", True), ("v23.11.0", False), ("v24.0.0", True), ("nonsense", False)],
    ],
)
def test_the_tools_ask_for_a_recent_node(tmp_path, version, runs):
    node = tmp_path / "node"
    node.write_text(f"#!/bin/sh\necho {version}\n")
    node.chmod(0o755)
    assert npm._runs_tools(str(node)) is runs
