import json
import re
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
import typer
from typer.testing import Result

from liaison import __version__
from liaison.cli.app import app
from liaison.cli.errors import described, place
from liaison.model.errors import BadInput, DamagedIndex

Run = Callable[..., Result]
VERBS = (
    *("check", "index", "add", "remove", "compare", "clear", "cleared", "demo", "version"),
    *("init", "serve", "backup", "restore", "verify", "selftest"),
    *(
        "ledger",
        "reconcile",
        "letters",
        "partner",
        "crosscheck",
        "document",
        "manifest",
        "cameras",
        "plates",
        "sensors",
        "vehicle",
    ),
)
SPEAKING = (
    "serve",
    "ledger",
    "reconcile",
    "letters",
    "partner",
    "crosscheck",
    "document",
    "manifest",
    "plates",
    "sensors",
    "cameras",
    "vehicle",
)  # they go on, or have verbs of their own


def test_help_is_there_at_once() -> None:
    """0.15 s is the aim on an idle machine; the best of five tries may take thrice that on a busy one."""
    took = []
    for _ in range(5):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-m", "liaison.cli", "--help"], capture_output=True, check=True)
        took.append(time.perf_counter() - started)
    assert min(took) < 0.45


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys, liaison.cli.app; print(sorted({'numpy', 'rich', 'ray', 'msgspec'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_verbs_are_listed(liaison: Run) -> None:
    text = liaison("--help").stdout
    assert all(re.search(rf"^\s+{verb}\s", text, re.MULTILINE) for verb in VERBS)
    assert set(typer.main.get_command(app).commands) == set(VERBS)  # type: ignore[attr-defined]


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(liaison: Run, verb: str) -> None:
    result = liaison(verb, "--help")
    assert result.exit_code == 0
    assert ("--json" in result.stdout) == (verb not in SPEAKING)


def test_a_word_that_is_no_verb_is_status_two(liaison: Run) -> None:
    assert liaison("chekc").exit_code == 2
    assert liaison("check", "--none").exit_code == 2


def test_the_version_for_a_person_and_for_a_script(liaison: Run) -> None:
    assert f"liaison {__version__}" in liaison("version").stdout
    assert json.loads(liaison("version", "--json").stdout)["liaison"] == __version__


def test_an_error_says_where_it_stands_only_once() -> None:
    error = BadInput("a.csv, row 3: no date", file="a.csv", row=3, field="dob")
    assert place(error) == "Where: field dob\n"
    assert place(DamagedIndex("x")) == ""
    assert described(error)["row"] == 3


def test_a_fault_of_the_program_is_not_taken_for_bad_rows(
    liaison: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr("platform.python_version", fail)
    result = liaison("version")
    assert result.exit_code == 2
    assert "The program failed: ZeroDivisionError: by nothing" in result.stderr
    assert "Traceback" in result.stderr
    assert json.loads(liaison("version", "--json").stdout)["error"]["kind"] == "LiaisonError"


@pytest.mark.parametrize("verb", VERBS)
def test_every_option_has_a_help_text(verb: str) -> None:
    command = typer.main.get_command(app).commands[verb]  # type: ignore[attr-defined]
    assert all(getattr(parameter, "help", None) for parameter in command.params)
