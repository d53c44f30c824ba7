"""The house rules are kept, and each is noticed when it is broken."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from tools import house

Rule = Callable[[Path], list[str]]
TMP = "/" + "tmp/x1/y"
PRIVATE = "https" + "://build-7.internal/simple"


@pytest.mark.parametrize("rule", house.RULES)
def test_the_project_keeps(rule: Rule) -> None:
    assert rule(house.ROOT) == []


@pytest.mark.filterwarnings("default")
def test_the_median_function_is_short() -> None:
    for fault in house.long_functions(house.ROOT):
        warnings.warn(fault, stacklevel=1)


@pytest.mark.parametrize(
    ("rule", "name", "text", "says"),
    [
        (house.long_modules, "src/liaison/a.py", "x = 1\n" * 501, "501 lines"),
        (house.long_functions, "src/liaison/a.py", "def f():\n" + "    x = 1\n" * 9, "10 lines"),
        (house.chance, "src/liaison/model/a.py", "import datetime\nx = datetime.datetime.now()\n", "now()"),
        (
            house.chance,
            "src/liaison/matching/a.py",
            "import numpy as np\nx = np.random.default_rng()\n",
            "default_rng",
        ),
        (
            house.late_decoders,
            "src/liaison/a.py",
            "def f(x):\n    return msgspec.json.decode(x, type=A)\n",
            "a.py:2",
        ),
        (house.late_decoders, "src/liaison/a.py", "def f():\n    return msgspec.json.Decoder(A)\n", "a.py:2"),
        (house.connections, "src/liaison/a.py", "def f():\n    import httpx\n", "a.py:2: httpx"),
        (house.connections, "src/liaison/a.py", "from http import client\n", "http.client"),
        (house.connections, "src/liaison/a.py", "import asyncio\nasyncio.open_connection()\n", "open_conn"),
        (house.late_decoders, "src/liaison/a.py", "def f(x):\n    return msgspec.convert(x, A)\n", "a.py:2"),
        (house.empty_names, "src/liaison/a.py", "class NameManager:\n    pass\n", "name_manager"),
        (house.empty_names, "src/liaison/csv_utils.py", "", "csv_utils"),
        (house.unfinished, "src/liaison/a.py", "# TO" + "DO: later\n", "a.py:1"),
        (house.unfinished, "src/liaison/kernel/a.c", "\n/* FIX" + "ME */\n", "a.c:2"),
        (house.strange_names, "docs/a.md", f"see {TMP}\n", "path of one machine"),
        (house.strange_names, "docs/a.md", f"\nsee {PRIVATE}\n", "a.md:2: address of one workplace"),
        (house.strange_names, "requirements.lock", "--index-url https" + "://python.org/simple\n", "address"),
        (house.strange_names, "README.md", "Co-Authored" + "-By: x\n", "README.md:1"),
        (house.long_decisions, "docs/decisions/0001-a.md", "word " * 601, "over a page"),
        (house.long_decisions, "docs/decisions/first.md", "word", "not NNNN-title.md"),
    ],
)
def test_a_broken_rule_is_noticed(tmp_path: Path, rule: Rule, name: str, text: str, says: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    (fault,) = rule(tmp_path)
    assert says in fault


def test_decoders_that_are_made_at_import_are_let_through(tmp_path: Path) -> None:
    made = "A = msgspec.json.Decoder(B)\n"
    text = made + "def f(x):\n    msgspec.json.decode(x)\n    return msgspec.convert(A.decode(x), B)\n"
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.py").write_text(text, "utf-8")
    assert house.late_decoders(tmp_path) == []


def test_each_module_that_may_connect_is_there_and_needs_it() -> None:
    for name in house.MAY_CONNECT:
        text = (house.ROOT / name).read_text("utf-8")
        assert any(each in text for each in house.CONNECTS | house.OPENS), name


def test_two_decisions_with_one_number_are_noticed(tmp_path: Path) -> None:
    folder = tmp_path / "docs" / "decisions"
    folder.mkdir(parents=True)
    for name in ("0001-a.md", "0001-b.md"):
        (folder / name).write_text("x", "utf-8")
    assert house.long_decisions(tmp_path) == ["docs/decisions/0001-b.md: the number 0001 is taken"]


def test_what_a_reader_anywhere_can_use_is_let_through(tmp_path: Path) -> None:
    text = (
        "https"
        + "://www.rfc-editor.org/rfc/rfc8785 ray"
        + "://host:10001 ../shared ~/liaison /usr/bin/python3\n"
    )
    (tmp_path / "README.md").write_text(text, "utf-8")
    assert house.strange_names(tmp_path) == []
