"""docs/reference.md, docs/api.md and README.md against the program."""

import ast
import inspect
import json
import re
import shlex
from pathlib import Path

import pytest

from liaison.crosscheck.recording import VERBS as OF_CROSSCHECKS
from liaison.holdings.fields import HEADERS
from liaison.holdings.mapping import FIELDS as FIELDS_OF_LISTS
from liaison.model import errors
from liaison.node import wiring
from liaison.officers.recording import VERBS as OF_OFFICERS
from liaison.partners.recording import VERBS as OF_PARTNERS
from liaison.screening.alert_rules import Step
from liaison.screening.cleared import FIELDS
from liaison.screening.pairs import DATES, NAMES
from liaison.screening.rules import BAD_ROW_COLUMNS, COLUMNS
from liaison.web.compat import asking
from tools import reference

ROOT = Path(__file__).parents[2]
REFERENCE = (ROOT / "docs" / "reference.md").read_text("utf-8")
API = (ROOT / "docs" / "api.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")
FILES = (ROOT / "docs" / "checking-files.md").read_text("utf-8")
COMMANDS = reference.commands()
PAGES = [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
MADE = {"docs/figures.md", "docs/mutants.md"}  # by ./dev bench --write and ./dev mutants


def section(verb: str) -> str:
    found = re.search(rf"### `liaison {verb}`\n(.*?)(?=\n##|\n<!--)", REFERENCE, re.DOTALL)
    assert found, f"docs/reference.md says nothing of {verb}"
    return found[1]


def test_the_parts_written_from_the_program_are_as_the_program_is() -> None:
    assert reference.written(REFERENCE) == REFERENCE, "run: ./dev run python tools/reference.py"


def test_every_part_stands_once() -> None:
    assert sorted(reference.marks(REFERENCE)) == sorted(reference.PARTS)


def test_a_stale_part_is_noticed_and_renewed() -> None:
    stale = REFERENCE.replace("| `port` | `8400` |", "| `port` | `8401` |")
    assert stale != REFERENCE
    assert reference.written(stale) == REFERENCE


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


def test_the_verbs_of_a_node_are_among_them() -> None:
    expected = {
        "init",
        "serve",
        "backup",
        "restore",
        "verify",
        "selftest",
        "reconcile",
        "ledger verify",
        "demo",
    }
    assert expected <= set(COMMANDS)


def test_the_reference_names_no_verb_or_option_that_is_gone() -> None:
    assert set(re.findall(r"### `liaison ([\w -]+)`", REFERENCE)) == set(COMMANDS)
    for verb, command in COMMANDS.items():
        known = {option for one in command.params for option in (*one.opts, *one.secondary_opts)}
        assert set(re.findall(r"^\| `(--[\w-]+)`", section(verb), re.MULTILINE)) <= known


@pytest.mark.parametrize("error", reference.errors(), ids=lambda error: error.__name__)
def test_every_error_is_in_the_reference(error: type[errors.LiaisonError]) -> None:
    assert f"| `{error.__name__}` | {error.status} | {error.title} | {error.hint} |" in REFERENCE


def test_errors_of_the_vocabulary_and_of_the_web_are_among_them() -> None:
    ours = {
        one for one in vars(errors).values() if inspect.isclass(one) and issubclass(one, errors.LiaisonError)
    }
    assert ours | {asking.NoGrounds} <= set(reference.errors())


@pytest.mark.parametrize("column", [*COLUMNS, *BAD_ROW_COLUMNS, *FIELDS, *NAMES, *DATES, *HEADERS])
def test_every_column_is_in_the_reference(column: str) -> None:
    assert f"`{column}`" in REFERENCE


@pytest.mark.parametrize("field", FIELDS_OF_LISTS)
def test_every_field_that_can_be_mapped_is_in_the_reference(field: str) -> None:
    assert f"`{field}`" in REFERENCE.partition("## Lists and files of people")[2].partition("\n## ")[0]


def stated() -> set[str]:
    """The verbs that the source gives to the ledger: constants that stand for `what`, and those of the officers."""
    found = {*OF_CROSSCHECKS, *OF_OFFICERS, *OF_PARTNERS, *(f"alert-{step.value}" for step in Step)}
    for path in (ROOT / "src" / "liaison").rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        told = {name for call in ast.walk(tree) if isinstance(call, ast.Call) for name in whats(call)}
        found |= {text for name, text in constants(tree) if name in told or name.startswith("WHAT")}
    return found


def whats(call: ast.Call) -> list[str]:
    """The names that a call passes as `what`, or to a function of the module that makes a statement of it."""
    passed = [word.value for word in call.keywords if word.arg == "what"]
    passed += [way for each in passed if isinstance(each, ast.IfExp) for way in (each.body, each.orelse)]
    if isinstance(call.func, ast.Name) and call.func.id in ("_statement", "Statement", "_tell"):
        passed += call.args
    return [each.id for each in passed if isinstance(each, ast.Name) and each.id.isupper()]


def constants(tree: ast.Module) -> list[tuple[str, str]]:
    """The texts that a module names."""
    found = []
    for node in tree.body:
        if isinstance(node, ast.Assign):
            target, value = node.targets[0], node.value
            names = target.elts if isinstance(target, ast.Tuple) else [target]
            values = value.elts if isinstance(value, ast.Tuple) else [value]
            if isinstance(value, ast.Dict):
                names, values = names * len(value.values), value.values
            found += [
                (name.id, one.value)
                for name, one in zip(names, values, strict=False)
                if isinstance(name, ast.Name) and isinstance(one, ast.Constant) and isinstance(one.value, str)
            ]
    return found


def test_every_verb_of_the_ledger_is_in_the_reference_and_no_other() -> None:
    assert len(stated()) > 60
    assert set(reference.ledger_verbs()) == stated()


def test_every_gauge_of_a_node_is_in_the_reference() -> None:
    source = inspect.getsource(wiring.Node._gauges)
    assert set(re.findall(r'"(\w+)": ', source)) == set(reference.GAUGES)
    source = inspect.getsource(wiring.Node._letters)
    assert set(re.findall(r'"(\w+)": ', source)) == set(reference.GAUGES_OF_PARTNERS)


def test_the_api_page_names_addresses_and_headers_that_there_are() -> None:
    known = {re.sub(r":[a-z]+}", "}", path) for _, path, _, _ in reference.routes()}
    named = set(re.findall(r"`(?:GET|POST) (/[\w/{}-]*)`", API))
    assert named
    assert named <= known
    assert f"`{asking.HEADER}`" in API


@pytest.mark.parametrize("block", re.findall(r"```json\n(.*?)```", API, re.DOTALL))
def test_every_example_of_the_api_page_is_json(block: str) -> None:
    assert json.loads(block)


def commands() -> list[list[str]]:
    """The commands of the README, of the page on files and of that on programs, each as words."""
    blocks = "\n".join(re.findall(r"```sh\n(.*?)```", README + FILES + API, re.DOTALL)).replace("\\\n", " ")
    lines = [part.strip() for line in blocks.splitlines() for part in line.split("|")]
    return [shlex.split(line, comments=True) for line in lines if line.startswith("liaison ")]


def verb_of(words: list[str]) -> str:
    return " ".join(words[1:3]) if words[1] == "ledger" else words[1]


def test_the_tours_have_a_command_for_every_step() -> None:
    shown = {"index", "check", "clear", "compare", "init", "serve", "backup", "verify", "ledger verify"}
    assert shown <= {verb_of(words) for words in commands()}


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_option_in_the_tours_exists(words: list[str]) -> None:
    known = {option for parameter in COMMANDS[verb_of(words)].params for option in parameter.opts}
    assert {word for word in words[2:] if re.match(r"--?[a-z]", word)} <= known


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    ours = [link.partition("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link]
    places = [(page.parent / link).resolve() for link in ours if link]
    missing = [place for place in places if not place.exists()]
    assert [place for place in missing if str(place.relative_to(ROOT)) not in MADE] == []
