"""What stands beside an entry of the ledger has a name that people read."""

from __future__ import annotations

import ast
from pathlib import Path

import liaison
from liaison.node import partnership
from liaison.screening.statistics_rules import Count
from liaison.transport import inbox
from liaison.web.keys import ABOUT, KEYS, figure_of, figures_of
from liaison.web.language import translations
from liaison.web.partnered import CAPABILITIES, LETTERS
from liaison.web.verbs import VERBS
from tests.transport.sides import KIND

LEDGER = Path(__file__).resolve().parents[2] / "tools" / "ledger_verbs.tsv"
SOURCES = [path for path in Path(liaison.__path__[0]).rglob("*.py") if "web" not in path.parts]


class Reader:
    """Somebody who reads one language."""

    def __init__(self, language: str) -> None:
        self.words = translations(language)

    def say(self, text: str, **values: object) -> str:
        found = self.words.gettext(text)
        return found % values if values else found


def keys_of(node: ast.AST, name: str) -> set[str]:
    """The keys of every dictionary that is given or bound by this name below a node."""
    given = [each.value for each in ast.walk(node) if isinstance(each, ast.keyword) and each.arg == name]
    for each in ast.walk(node):
        targets = each.targets if isinstance(each, ast.Assign) else []
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            given.append(each.value)  # type: ignore[attr-defined]
    found = [part for value in given for part in ast.walk(value) if isinstance(part, ast.Dict)]
    keys = [key.value for each in found for key in each.keys if isinstance(key, ast.Constant)]
    return {key for key in keys if isinstance(key, str)}


def test_every_key_of_a_detail_in_the_program_has_a_name() -> None:
    found = {key for path in SOURCES for key in keys_of(ast.parse(path.read_text("utf-8")), "detail")}
    assert {"asked-by", "bad-rows", "version"} <= found
    assert found - set(KEYS) == set()


def test_every_word_of_the_ledger_has_a_sentence() -> None:
    words = {line.partition("\t")[0] for line in LEDGER.read_text("utf-8").splitlines() if line}
    assert {"sign-in", "partner-paired", "notice-issued"} <= words
    assert words - set(VERBS) == set()


def test_every_kind_of_letter_and_every_capability_has_words() -> None:
    assert {"request", "supply-notice", "card"} <= inbox.kinds()
    assert inbox.kinds() - set(LETTERS) - {KIND} == set()
    assert set(partnership.CAPABILITIES) - set(CAPABILITIES) == set()


def test_figures_are_named_in_the_language_and_small_ones_held_back() -> None:
    counted = {"candidate": Count(None), "investigation": Count(1200), "drugs": Count(0), "": Count(7)}
    assert figures_of(Reader("fr"), counted) == [  # type: ignore[arg-type]
        ("À décider", "moins de 5"),
        ("Enquête", "1,200"),
        ("Trafic de stupéfiants", "0"),
        ("–", "7"),
    ]
    assert figure_of(Reader("sq"), Count(None)) == "nën 5"  # type: ignore[arg-type]


def test_what_a_second_person_is_asked_has_names() -> None:
    assert {"list", "people", "grounds", "subjects", "purpose", "offence", "urgent"} <= set(ABOUT)
