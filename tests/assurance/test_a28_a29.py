"""A28: the node fetches no address that a record names. A29: what was sent is never run, nor made into a template."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import house

ROOT = Path(__file__).parents[2] / "src" / "liaison"
CLIENTS = {
    "aiohttp",
    "ftplib",
    "http.client",
    "httpx",
    "requests",
    "smtplib",
    "socket",
    "telnetlib",
    "urllib.request",
}
FETCHES = {name.removeprefix("src/liaison/") for name in house.MAY_CONNECT}
RUNS = {
    "pickle",
    "marshal",
    "shelve",
    "dill",
    "yaml",
    "jsonpickle",
    "xml.etree",
    "xml.dom",
    "xml.sax",
    "lxml",
    "code",
}
STARTS = {  # who may start a program, none of them with text that came from outside
    "cli/node_demo.py",
    "cli/reconcile.py",
    "kernel/build.py",
    "node/durability.py",
    "jobs/pool.py",
    "pictures/plates/batch.py",
    "pictures/reader.py",
    "crosscheck/function/keyholder.py",
}
LISTENS = "node/sensing.py"  # for drones, and opens no connection of its own
FILES = sorted(ROOT.rglob("*.py"))


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def those(*starts: str) -> Iterator[tuple[str, set[str]]]:
    """The modules whose places begin so, each with what it imports."""
    for path in FILES:
        if place(path).startswith(starts):
            yield place(path), {*imports(path)}


def test_only_these_open_a_connection() -> None:
    assert len(FILES) > 200
    assert [name for name, found in those("") if found & CLIENTS and name not in FETCHES] == []


def test_what_reads_records_and_shows_them_opens_none() -> None:
    inner = ("holdings/", "screening/", "web/", "model/", "matching/", "policy/", "storage/", "node/")
    assert [name for name, found in those(*inner) if found & CLIENTS] == [LISTENS]
    called = {name for name, _ in calls(ROOT / LISTENS)}
    assert "socket.create_server" in called
    assert not [name for name in called if name.endswith((".connect", "create_connection", ".socket"))]


@pytest.mark.parametrize("name", ["officers/provider.py", "ledger/sources.py", "transport/channel.py"])
def test_no_redirect_is_followed(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert "follow_redirects=True" not in text
    assert "verify=False" not in text


def test_nothing_that_runs_what_it_reads_is_imported() -> None:
    found = {name for name, names in those("") if any(runs(one) for one in names)}
    assert found == {"jobs/cluster.py"}  # bytes that this process made itself, between its own workers


def runs(name: str) -> bool:
    return any(name == one or name.startswith(f"{one}.") for one in RUNS)


def test_nothing_is_run_or_made_a_template() -> None:
    for path in FILES:
        for name, call in calls(path):
            assert name not in {"eval", "exec", "__import__", "os.system", "os.popen"}, place(path)
            assert not name.endswith((".from_string", ".Template")), place(path)
            assert not [word for word in call.keywords if word.arg == "shell"], place(path)
            assert all(safe(word) for word in call.keywords), place(path)


def safe(word: ast.keyword) -> bool:
    """Whether a word that lets a reader run, or a page take, what it is given is set the right way."""
    if word.arg not in ("allow_pickle", "autoescape"):
        return True
    return isinstance(word.value, ast.Constant) and word.value.value is (word.arg == "autoescape")


def test_only_these_start_a_program() -> None:
    assert {name for name, names in those("") if any(one.startswith("subprocess") for one in names)} <= STARTS
