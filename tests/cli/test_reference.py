"""docs/reference.md and README.md against the program."""

import inspect
import re
import shlex
from pathlib import Path

import pytest
import typer

from liaison.cli.app import app
from liaison.holdings.mapping import FIELDS as FIELDS_OF_LISTS
from liaison.model import errors
from liaison.screening.cleared import FIELDS
from liaison.screening.pairs import DATES, NAMES
from liaison.screening.rules import BAD_ROW_COLUMNS, COLUMNS

ROOT = Path(__file__).parents[2]
REFERENCE = (ROOT / "docs" / "reference.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]
ERRORS = [
    value
    for value in vars(errors).values()
    if inspect.isclass(value) and issubclass(value, errors.LiaisonError)
]


def section(verb: str) -> str:
    found = re.search(rf"### `liaison {verb}`\n(.*?)(?=\n##)", REFERENCE, re.DOTALL)
    assert found, f"docs/reference.md says nothing of {verb}"
    return found[1]


@pytest.mark.parametrize("verb", COMMANDS)
def test_every_verb_and_option_is_in_the_reference(verb: str) -> None:
    text = section(verb)
    assert COMMANDS[verb].help.splitlines()[0] in text
    for parameter in COMMANDS[verb].params:
        if parameter.name != "help" and parameter.param_type_name == "option":
            assert all(f"`{option}`" in text for option in parameter.opts), parameter.opts
            assert parameter.help in text
        elif parameter.name != "help":
            assert f"`{(parameter.metavar or parameter.name).upper()}`" in text


def test_the_reference_names_no_verb_or_option_that_is_gone() -> None:
    assert set(re.findall(r"### `liaison (\w+)`", REFERENCE)) == set(COMMANDS)
    for verb, command in COMMANDS.items():
        known = {option for parameter in command.params for option in parameter.opts}
        assert set(re.findall(r"^\| `(--[\w-]+)`", section(verb), re.MULTILINE)) <= known


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_every_error_is_in_the_reference(error: type[errors.LiaisonError]) -> None:
    assert f"| `{error.__name__}` | {error.title} | {error.hint} |" in REFERENCE


@pytest.mark.parametrize("column", [*COLUMNS, *BAD_ROW_COLUMNS, *FIELDS, *NAMES, *DATES])
def test_every_column_is_in_the_reference(column: str) -> None:
    assert f"`{column}`" in REFERENCE


def commands() -> list[list[str]]:
    """The commands of the README, each as words."""
    blocks = "\n".join(re.findall(r"```sh\n(.*?)```", README, re.DOTALL)).replace("\\\n", " ")
    lines = [part.strip() for line in blocks.splitlines() for part in line.split("|")]
    return [shlex.split(line, comments=True) for line in lines if line.startswith("liaison ")]


def test_the_readme_has_a_command_for_every_step() -> None:
    assert {words[1] for words in commands()} == {"index", "check", "clear", "compare"}


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_option_in_the_readme_exists(words: list[str]) -> None:
    known = {option for parameter in COMMANDS[words[1]].params for option in parameter.opts}
    assert {word for word in words[2:] if re.match(r"--?[a-z]", word)} <= known


def test_every_link_in_the_readme_leads_somewhere() -> None:
    ours = [link for link in re.findall(r"\]\(([^)]+)\)", README) if not link.startswith("http")]
    assert ours
    later = {"docs/figures.md"}  # written by ./dev bench --write
    assert [link for link in ours if link not in later and not (ROOT / link).exists()] == []


@pytest.mark.parametrize("field", FIELDS_OF_LISTS)
def test_every_field_that_can_be_mapped_is_in_the_reference(field: str) -> None:
    assert f"`{field}`" in REFERENCE.partition("## Lists and files of people")[2].partition("\n## ")[0]
