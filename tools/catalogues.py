"""The message catalogues of the screen: gathers messages, brings the catalogues up to date, compiles them.

`python tools/catalogues.py` does all of it; `--check` only says what is stale, missing or not translated (exit
status 1). Babel is needed at work, not where Liaison runs.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from liaison import policy
from liaison.model.categories import Category
from liaison.model.errors import LiaisonError
from liaison.model.grounds import OFFENCES, OffenceFlag, Purpose
from liaison.model.handling import HandlingCode
from liaison.model.holding import Instruction
from liaison.model.roles import Capability, Role
from liaison.model.wanted import ActionCode
from liaison.pictures import headers
from liaison.policy.actions import Action
from liaison.policy.asking import PurposeProtects
from liaison.policy.terms import Leaf
from liaison.screening.checkpoint.verdicts import DANGER, VERIFY
from liaison.screening.document_rules import RULES
from liaison.screening.document_rules.examining import NEVER_SAID
from liaison.web.routes import every_route

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "src" / "liaison" / "web"
POLICY = ROOT / "src" / "liaison" / "policy"
LOCALE = WEB / "locale"
LANGUAGES = ("fr", "sq")
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "later": None, "say": None}
METHODS = [("templates/**.html", "jinja2"), ("**.py", "python")]
OPTIONS = {"templates/**.html": {"silent": "false", "trimmed": "true"}}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
Kind = TypeVar("Kind", bound=type[Any])
EITHER = tuple(
    PurposeProtects(protects).says for protects in (True, False)
)  # the one condition that says two things


def gathered() -> Catalog:
    """Every message of the templates and the code, in the order of the files."""
    catalogue = Catalog(project="Liaison", charset="utf-8")
    found = [
        *extract_from_dir(WEB, METHODS, OPTIONS, KEYWORDS),
        *extract_from_dir(POLICY, METHODS, {}, KEYWORDS),
    ]
    for name, _, message, _, context in sorted(found, key=lambda one: (one[0], one[1])):
        catalogue.add(message, locations=[(name, 0)], context=context)
    for name, message in labels():
        catalogue.add(message, locations=[(name, 0)])
    return catalogue


def labels() -> Iterator[tuple[str, str]]:
    """Every word of the model, the law and the errors that a page shows, with where it stands."""
    for enum in (Role, Purpose, Action):
        yield from (("model", each.label) for each in enum)
    for words in (Role, Purpose, Category, Capability, OffenceFlag):
        yield from (("model", each.value) for each in words)
    told = (Role, Instruction, HandlingCode, ActionCode)
    yield from (("model", each.meaning) for kind in told for each in kind)
    yield from (("model", offence.label) for offence in OFFENCES.values())
    for pack in map(policy.load_pack, sorted(policy.NAMES)):
        yield from (("policy", text) for text in (pack.title, pack.status, pack.notice) if text)
        yield from (("policy", basis.label) for basis in pack.bases)
        yield from (("policy", instruction) for instruction in sorted(pack.instructions))
        yield from (("policy", source.read) for _, source in sorted(pack.sources.items()))
    for leaf in (each for each in kinds_of(Leaf) if each.__module__.startswith("liaison.")):
        said = getattr(leaf, "says", "")
        yield from (("policy", text) for text in ([said] if isinstance(said, str) else EITHER) if text)
    yield from (("documents", rule.words) for rule in RULES.values())
    yield "documents", NEVER_SAID
    yield from (("pictures", text) for text in headers.SAID)
    yield from (("checkpoint", text) for text in (VERIFY, DANGER))
    every_route()  # so that every kind of error is known, whatever else was loaded
    for error in kinds_of(LiaisonError):
        if error.__module__.startswith("liaison."):
            yield from (("errors", text) for text in (error.title, error.hint) if text)


def kinds_of(kind: Kind) -> list[Kind]:
    """A class's own kinds, and theirs, by name: the same however they were met."""
    found: set[Any] = set(kind.__subclasses__())
    found |= {below for each in found for below in kinds_of(each)}
    return sorted(found, key=lambda each: (each.__module__, each.__qualname__))


def place(language: str) -> Path:
    """Where the catalogue of a language stands."""
    return LOCALE / language / "LC_MESSAGES" / "liaison.po"


def read(language: str) -> Catalog:
    """The catalogue as it stands; an empty one where there is none."""
    path = place(language)
    if not path.exists():
        return Catalog(locale=language, project="Liaison")
    with path.open("rb") as text:
        return read_po(text, locale=language)


def updated(language: str, template: Catalog) -> Catalog:
    """The catalogue with exactly the messages there are now; nothing is guessed from similar ones."""
    catalogue = read(language)
    catalogue.update(deepcopy(template), no_fuzzy_matching=True)  # else two languages share new messages
    catalogue.obsolete.clear()
    return catalogue


NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)  # the same text gives the same bytes, whenever it is compiled


def written(catalogue: Catalog) -> bytes:
    """The catalogue as text: without dates, so that the same messages give the same bytes."""
    text = io.BytesIO()
    write_po(text, catalogue, width=110, omit_header=True, include_lineno=False)
    head = [f'"Language: {catalogue.locale}\\n"', '"Content-Type: text/plain; charset=utf-8\\n"']
    head += [f'"Plural-Forms: {catalogue.plural_forms}\\n"']
    return "\n".join(['msgid ""', 'msgstr ""', *head, "", ""]).encode() + text.getvalue()


def compiled(language: str) -> bytes:
    """The compiled catalogue of the text that stands."""
    catalogue = read(language)
    catalogue.header_comment, catalogue.fuzzy = "", False
    binary = io.BytesIO()
    write_mo(binary, _plain(catalogue))
    return binary.getvalue()


def _plain(catalogue: Catalog) -> Catalog:
    plain = Catalog(locale=catalogue.locale, fuzzy=False, creation_date=NO_DATE, revision_date=NO_DATE)
    plain.mime_headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Plural-Forms", catalogue.plural_forms),
    ]
    for message in catalogue:
        if message.id:
            plain.add(message.id, message.string)
    return plain


def faults(language: str, template: Catalog) -> list[str]:
    """What is missing in a catalogue: messages, translations, placeholders; and a stale compilation."""
    catalogue = read(language)
    wrong = [fault for message in template if message.id for fault in _faults(catalogue, message)]
    wrong += [
        f"no longer used: {message.id!r}"
        for message in catalogue
        if message.id and message.id not in template
    ]
    binary = place(language).with_suffix(".mo")
    if not binary.exists() or binary.read_bytes() != compiled(language):
        wrong.append("liaison.mo is not compiled from liaison.po")
    return [f"{language}: {fault}" for fault in wrong]


def _faults(catalogue: Catalog, wanted: Message) -> list[str]:
    found = catalogue.get(wanted.id)
    strings = _all(found.string) if found else ()
    if not strings or not all(strings):
        return [f"not translated: {wanted.id!r}"]
    given = {name for text in _all(wanted.id) for name in PLACEHOLDER.findall(text)}
    return [f"placeholders differ: {text!r}" for text in strings if set(PLACEHOLDER.findall(text)) - given]


def _all(texts: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    return (texts,) if isinstance(texts, str) else tuple(texts or ())


def bring_up_to_date() -> None:
    """Write the text and the compiled file of every language."""
    template = gathered()
    for language in LANGUAGES:
        path = place(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(written(updated(language, template)))
        path.with_suffix(".mo").write_bytes(compiled(language))


def main(arguments: list[str]) -> int:
    """Bring the catalogues up to date, or with --check only look; 1 where something is wrong."""
    if "--check" not in arguments:
        bring_up_to_date()
    template = gathered()
    wrong = [fault for language in LANGUAGES for fault in faults(language, template)]
    print("\n".join(wrong) or f"catalogues: {len(template)} messages in {', '.join(('en', *LANGUAGES))}")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
