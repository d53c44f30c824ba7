"""Write the parts of docs/reference.md that say what the program has: verbs, settings, routes, errors, and so on.

Run as `./dev run python tools/reference.py`; with `--check` it changes nothing, and ends with 1 where the page is
not what it would write. A part stands between `<!-- begin NAME -->` and `<!-- end NAME -->`; the rest of the page is
written by hand.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import typer

import liaison
from liaison.cli.app import app
from liaison.holdings.fields import HEADERS
from liaison.model.errors import LiaisonError
from liaison.model.roles import HOLDERS, NEEDS_TRAINING, Capability, Role
from liaison.node.metrics import Metrics
from liaison.node.settings import reference as settings
from liaison.web.routes import every_route
from liaison.web.routing import API
from liaison.web.security import Audience, Open, audience_of

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reference.md"
VERBS = ROOT / "tools" / "ledger_verbs.tsv"
GAUGES = {
    "ledger_entries": "Entries of the ledger",
    "ledger_published_age_seconds": "How long the oldest entry waits for a signed head",
    "index_records": "Records in the match index",
    "index_segments": "Parts of the match index",
    "changes_waiting": "Changes that wait for the database",
}
GAUGES_OF_PARTNERS = {
    "letters_waiting": "Letters that wait for a partner's receipt",
    "letters_oldest_seconds": "How long the oldest of them waits",
}
HELD = {
    "category": "suspect, convicted, victim, witness, contact, missing, or a word for it; needed, if only by the form",
    "case": "the case that the list is kept for",
    "reason": "why this person stands in the list",
    "owner": "the agency that answers for the record",
    "source": "where the owner has it from",
    "grade": "on the scale of its source: 4x4 (`B2`), 5x5x5 (`B21`), 3x5x2; one that cannot be read counts as X4",
    "handling": "H0 to H3, several apart by blanks",
    "restriction": "the condition that H3 asks for",
    "retention": "the last day; brought forward where the law allows less",
    "review": "the day of the next review; brought forward likewise",
    "instruction": "what to do on a confirmed hit: call, seize-document, discreet, do-not-alert",
}


def commands(group: Any = None, before: str = "") -> dict[str, Any]:
    """Every verb by its full name, those of groups too: `ledger verify`."""
    found: dict[str, Any] = {}
    group = group or typer.main.get_command(app)
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            found |= commands(command, f"{before}{name} ")
        else:
            found[before + name] = command
    return found


def errors() -> list[type[LiaisonError]]:
    """Every class of error of the program, those of the web too, in the order of modules and lines."""
    for module in pkgutil.walk_packages(liaison.__path__, "liaison."):
        if ".web" in module.name or module.name == "liaison.model.errors":
            importlib.import_module(module.name)
    found: list[type[LiaisonError]] = []
    _gather(LiaisonError, found)
    return sorted(found, key=lambda one: (one.__module__ != LiaisonError.__module__, one.__module__))


def _gather(error: type[LiaisonError], found: list[type[LiaisonError]]) -> None:
    if error.__module__.startswith("liaison."):
        found.append(error)
        for child in error.__subclasses__():
            _gather(child, found)


def routes() -> list[tuple[str, str, str, str]]:
    """Every route: method, path, audience, and the first line of what it says of itself."""
    found = []
    for route in every_route():
        handler: Any = route
        for path in handler.paths:
            for method in handler.http_methods:
                told = (handler.fn.__doc__ or "").strip().splitlines()[0]
                found.append(
                    (str(getattr(method, "value", method)), path, _audience(audience_of(handler)), told)
                )
    return sorted(found, key=lambda one: (one[1].startswith(API), one[1], one[0]))


def _audience(audience: Audience | None) -> str:
    if isinstance(audience, Open):
        return audience.value
    held = {audience} if isinstance(audience, Capability) else audience or frozenset()
    return " or ".join(one.value for one in Capability if one in held)


def metrics() -> list[tuple[str, str, str]]:
    """Every counter and gauge of a node: name, labels, meaning."""
    found = [(f"liaison_{name}", "", told) for name, told in GAUGES.items()]
    found += [(f"liaison_{name}", "partner", told) for name, told in GAUGES_OF_PARTNERS.items()]
    for one in vars(Metrics()).values():
        for family in getattr(one, "describe", list)():
            labels = ", ".join(getattr(one, "_labelnames", ()))
            found.append((family.name + "_total" * (family.type == "counter"), labels, family.documentation))
    return found


def ledger_verbs() -> dict[str, str]:
    """What each verb of the ledger means."""
    return dict(line.split("\t") for line in VERBS.read_text("utf-8").splitlines())


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    cells = [" | ".join(cell.replace("|", "\\|") for cell in row) for row in rows]
    return (
        "\n".join([f"| {' | '.join(head)} |", "|" + "---|" * len(head), *(f"| {row} |" for row in cells)])
        + "\n"
    )


def _verbs() -> str:
    return "\n".join(_verb(name, command) for name, command in commands().items())


def _verb(name: str, command: Any) -> str:
    rows = []
    for one in command.params:
        if one.name == "help":
            continue
        if one.param_type_name == "argument":
            called = f"`{(one.metavar or one.name).upper()}`"
        else:
            called = ", ".join(f"`{option}`" for option in (*one.opts, *one.secondary_opts))
        rows.append((called, (one.help or "") + " Required." * (one.required and called.startswith("`--"))))
    return f"### `liaison {name}`\n\n{command.help.splitlines()[0]}\n\n" + table(
        ("argument or option", "what it is"), rows
    )


def _routes() -> str:
    head = ("method", "address", "for", "what it does")
    pages: list[tuple[str, ...]] = []
    calls: list[tuple[str, ...]] = []
    for method, path, audience, told in routes():
        row = (method, f"`{re.sub(r':[a-z]+}', '}', path)}`", audience, told)
        (calls if path.startswith(API) else pages).append(row)
    return f"**The API**\n\n{table(head, calls)}\n**Pages, and what tools and partners use**\n\n{table(head, pages)}"


def _errors() -> str:
    rows = [(f"`{one.__name__}`", str(one.status), one.title, one.hint) for one in errors()]
    return table(("error", "status", "title", "what to do"), rows)


def _metrics() -> str:
    return table(
        ("metric", "labels", "counts"), [(f"`{name}`", labels, told) for name, labels, told in metrics()]
    )


def _ledger() -> str:
    return table(("`what`", "written when"), [(f"`{verb}`", told) for verb, told in ledger_verbs().items()])


def _roles() -> str:
    rows = [(role.label, role.meaning) for role in Role]
    marks = [
        (
            one.label + " (trained)" * (one in NEEDS_TRAINING),
            *("yes" if role in HOLDERS[one] else "" for role in Role),
        )
        for one in Capability
    ]
    return (
        f"{table(('role', 'what it is for'), rows)}\n{table(('may', *(role.value for role in Role)), marks)}"
    )


def _columns() -> str:
    rows = [(f"`{field}`", HELD[field], _some(HEADERS[field].split())) for field in HEADERS]
    return table(("column", "holds", "also called"), rows)


def _some(words: Sequence[str], most: int = 6) -> str:
    return ", ".join(words[1 : most + 1])


PARTS: dict[str, Callable[[], str]] = {
    "verbs": _verbs,
    "settings": settings,
    "routes": _routes,
    "errors": _errors,
    "metrics": _metrics,
    "ledger": _ledger,
    "roles": _roles,
    "columns": _columns,
}


def marks(page: str) -> Iterator[str]:
    """The names of the parts that a page marks."""
    return (found[1] for found in re.finditer(r"^<!-- begin ([a-z]+) -->$", page, re.MULTILINE))


def written(page: str) -> str:
    """The page with each marked part as the program is now."""
    for name in marks(page):
        part = f"<!-- begin {name} -->\n\n{PARTS[name]()}\n<!-- end {name} -->"
        pattern = rf"<!-- begin {name} -->.*?<!-- end {name} -->"
        page = re.sub(pattern, part.replace("\\", r"\\"), page, count=1, flags=re.DOTALL)
    return page


def main(arguments: Sequence[str]) -> int:
    """Write the page, or with --check only compare it."""
    page = PAGE.read_text("utf-8")
    fresh = written(page)
    if "--check" in arguments:
        return int(fresh != page)
    PAGE.write_text(fresh, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
