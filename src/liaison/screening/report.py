"""The report of a check: one HTML file without scripts or anything to fetch, for screen, paper and screen reader."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from liaison.screening.differences import marked, same_spelling, script
from liaison.screening.leads import Lead, Side
from liaison.screening.markup import Markup, element, joined
from liaison.screening.report_style import STYLE
from liaison.screening.rules import NOTICE, bits, by_chance

if TYPE_CHECKING:
    from liaison.holdings import BadRow
    from liaison.matching.explain import Contribution, Explanation

SHOWN_BAD_ROWS = 100
RIGHT_TO_LEFT = re.compile(r"([\u0590-\u08ff\ufb1d-\ufefc]+(?:\s[\u0590-\u08ff\ufb1d-\ufefc]+)*)")


@dataclass(frozen=True, slots=True)
class Report:
    """What a report tells. `leads` are the strongest of `alerts` alerts; `bad` are all bad rows, as in `bad_file`."""

    subjects: str  # where the people to check came from
    records: tuple[str, ...]  # the lists they were checked against
    made: datetime
    counts: tuple[tuple[str, str], ...]
    people: int  # how many were checked
    alerts: int
    notes: tuple[str, ...]
    bad: Sequence[BadRow]
    bad_file: str
    leads: Sequence[Lead]


def html(report: Report) -> str:
    """The report as an HTML document."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_policy()),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="referrer", content="no-referrer"),
        element("meta", name="robots", content="noindex"),
        element("title", f"Check of {report.subjects}: {report.alerts:,} alerts"),
        element("style", Markup(STYLE)),
    )
    body = element(
        "body",
        element("a", "Skip to the alerts", href="#alerts", class_="skip"),
        _top(report),
        _main(report),
        _foot(),
    )
    return f'<!DOCTYPE html>\n<html lang="en">{head}{body}</html>\n'


def _policy() -> str:
    """Nothing may run or be fetched; the one style sheet is named by its hash (Content Security Policy Level 3)."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _top(report: Report) -> Markup:
    return element(
        "header",
        element("h1", f"Check of {report.subjects}"),
        element(
            "p", f"Against {', '.join(report.records)}. Made {report.made:%Y-%m-%d %H:%M} UTC.", class_="soft"
        ),
        element("p", NOTICE, class_="notice"),
    )


def _main(report: Report) -> Markup:
    counts = (element("div", element("dt", label), element("dd", value)) for label, value in report.counts)
    return element(
        "main",
        element("h2", "Counts"),
        element("dl", counts, class_="counts"),
        _notes(report.notes),
        _bad_rows(report),
        _reading(),
        _alerts(report),
    )


def _foot() -> Markup:
    return element(
        "footer",
        element(
            "p",
            "Made by Liaison. This file contains personal data: store, share and delete it as your law requires.",
        ),
    )


def _notes(notes: Sequence[str]) -> Markup | None:
    if not notes:
        return None
    return joined(
        element("h2", "What was found in the input"), element("ul", (element("li", note) for note in notes))
    )


def _bad_rows(report: Report) -> Markup | None:
    if not report.bad:
        return None
    shown = report.bad[:SHOWN_BAD_ROWS]
    rows = (
        element(
            "tr",
            element("td", bad.file),
            element("td", str(bad.row), class_="number"),
            element("td", bad.field),
            element("td", bad.reason),
        )
        for bad in shown
    )
    rest = f" The first {len(shown)} are shown here." if len(shown) < len(report.bad) else ""
    where = f" All are listed in {report.bad_file}." if report.bad_file else ""
    return joined(
        element("h2", "Rows that could not be used as they are"),
        element("p", f"{len(report.bad):,} values could not be read.{rest}{where}"),
        _table("Bad rows", ("File", "Row", "Field", "Reason"), rows, numbers=("Row",)),
    )


def _table(
    caption: str, titles: Sequence[str], rows: Iterable[Markup], numbers: Sequence[str] = ()
) -> Markup:
    cells = (
        element("th", title, scope="col", class_="number" if title in numbers else None) for title in titles
    )
    return element(
        "table", element("caption", caption), element("thead", element("tr", cells)), element("tbody", rows)
    )


def _reading() -> Markup:
    return joined(
        element("h2", "How to read an alert"),
        element(
            "p",
            "The score is the weight of the evidence in bits: each bit doubles the odds that both sides are the same "
            "person. It is the exact sum of the reasons listed under it. Rare names and equal dates of birth weigh "
            "most; common names weigh little.",
        ),
        element(
            "p",
            element("span", element("i", class_="k-for"), "speaks for one person"),
            element("span", element("i", class_="k-against"), "speaks against"),
            element("span", element("i", class_="k-sum"), "the sum"),
            class_="key",
        ),
        element(
            "p",
            "Letters that one side writes and the other does not are ",
            element("mark", "underlined"),
            ".",
        ),
    )


def _alerts(report: Report) -> Markup:
    if not report.leads:
        return joined(
            element("h2", "No alerts", id="alerts"),
            element(
                "p",
                "Nobody in the input reached the score asked for. This does not show that nobody is on the lists.",
            ),
        )
    some = len(report.leads) < report.alerts
    title = (
        f"The strongest {len(report.leads):,} of {report.alerts:,} alerts"
        if some
        else f"All {report.alerts:,} alerts"
    )
    return joined(element("h2", title, id="alerts"), (_alert(lead, report.people) for lead in report.leads))


def _alert(lead: Lead, people: int) -> Markup:
    name = f"a{lead.rank}"
    return element(
        "article",
        element(
            "header",
            element(
                "h3",
                f"{lead.rank}. ",
                element("bdi", lead.subject.name),
                " and ",
                element("bdi", lead.record.name),
                id=name,
            ),
            element("span", f"{bits(lead.score)} bits", class_="score"),
        ),
        _sides(lead),
        _reasons(lead),
        element("p", by_chance(lead.explanation.chance, people), class_="soft"),
        aria_labelledby=name,
    )


def _sides(lead: Lead) -> Markup:
    subject, record = lead.subject, lead.record
    titles = (element("th", title, scope="col") for title in ("", "Checked", f"Held in {lead.list}"))
    return element(
        "table",
        element("caption", f"Alert {lead.rank}: both sides", class_="away"),
        element("colgroup", element("col", class_="field"), element("col"), element("col")),
        element("thead", element("tr", titles)),
        element(
            "tbody",
            _names(subject, record),
            _row("Born", subject.born, record.born),
            _row("Sex", subject.sex, record.sex),
            _row("Nationality", subject.nationality, record.nationality),
            element(
                "tr", element("th", "Id", scope="row"), element("td", subject.id), element("td", record.id)
            ),
        ),
        class_="sides",
    )


def _names(subject: Side, record: Side) -> Markup:
    first, second = subject.name, record.name
    if script(first) != script(second):
        verdict, cells = Markup("another script"), [[(first, False)], [(second, False)]]
    else:
        alike = same_spelling(first, second)
        verdict = Markup("= same spelling") if alike else element("b", "\u2260 spelled differently")
        cells = [marked(first, second), marked(second, first)]
    shown = [[element("mark", text) if differs else text for text, differs in pieces] for pieces in cells]
    return element(
        "tr",
        element("th", "Name", scope="row"),
        element("td", element("bdi", shown[0]), class_="name"),
        element("td", element("bdi", shown[1]), element("span", verdict, class_="verdict"), class_="name"),
    )


def _row(field: str, first: str, second: str) -> Markup:
    if not (first and second):
        verdict = element("span", "nothing to compare", class_="verdict")
    elif first == second:
        verdict = element("span", "= same", class_="verdict")
    else:
        verdict = element("span", element("b", "\u2260 differs"), class_="verdict")
    cells = (
        [_parts(first, second), _parts(second, first)]
        if first and second
        else [_known(first), _known(second)]
    )
    return element(
        "tr", element("th", field, scope="row"), element("td", cells[0]), element("td", cells[1], verdict)
    )


def _known(text: str) -> Markup:
    return joined(text) if text else element("span", "not known", class_="soft")


def _parts(text: str, other: str) -> Markup:
    """A date or a code with those of its hyphenated parts marked that the other side has otherwise in that place."""
    theirs = other.split("-")
    marks = (
        part if at < len(theirs) and theirs[at] == part else element("mark", part)
        for at, part in enumerate(text.split("-"))
    )
    return Markup("-".join(joined(part) for part in marks))


def _reasons(lead: Lead) -> Markup:
    explanation = lead.explanation
    before, rows = 0.0, []
    low, high = reach(explanation.contributions)
    for reason in explanation.contributions:
        rows.append(_reason(reason, bar(before, before + reason.bits, low, high)))
        before += reason.bits
    total = element(
        "tr",
        element("th", "Score", scope="row"),
        element("td", bits(lead.score), class_="number"),
        element("td", bar(0, explanation.score, low, high, "sum"), class_="bar"),
    )
    titles = (
        element("th", "Reason", scope="col"),
        element("th", "Bits", scope="col", class_="number"),
        element("th", element("span", "Bar", class_="away"), scope="col"),
    )
    return element(
        "table",
        element("caption", f"Alert {lead.rank}: what adds up to the score", class_="away"),
        element("thead", element("tr", titles)),
        element("tbody", rows),
        element("tfoot", total),
        class_="reasons",
    )


def _reason(reason: Contribution, drawn: Markup) -> Markup:
    return element(
        "tr",
        element("td", isolated(reason.words)),
        element("td", f"{reason.bits:+.4f}", class_="number"),
        element("td", drawn, class_="bar"),
    )


def isolated(text: str) -> Markup:
    """The text with every run of right-to-left words set apart, so that it does not turn its neighbours round."""
    parts = RIGHT_TO_LEFT.split(text)
    return joined(element("bdi", part) if at % 2 else part for at, part in enumerate(parts))


def reach(contributions: Iterable[Contribution]) -> tuple[float, float]:
    """The lowest and highest running sum of the contributions, 0 included."""
    sums = [0.0]
    for reason in contributions:
        sums.append(sums[-1] + reason.bits)
    return min(sums), max(sums)


def bar(start: float, end: float, low: float, high: float, kind: str = "") -> Markup:
    """A bar from one running sum to the next on a scale from `low` to `high`; the number beside it says the same."""
    scale = 198 / max(high - low, 1e-9)
    if end == start:
        return Markup("")
    x, width = 1 + (min(start, end) - low) * scale, max(abs(end - start) * scale, 0.8)
    zero = 1 + (0 - low) * scale
    kind = kind or ("for" if end >= start else "against")
    return element(
        "svg",
        element("line", x1=f"{zero:.1f}", x2=f"{zero:.1f}", y1=0, y2=16, class_="zero"),
        element("rect", x=f"{x:.1f}", y=3, width=f"{width:.1f}", height=10, class_=kind),
        viewBox="0 0 200 16",
        preserveAspectRatio="none",
        aria_hidden="true",
    )


def explained(explanation: Explanation) -> list[dict[str, object]]:
    """The contributions for a script to read."""
    return [
        {"kind": reason.kind, "words": reason.words, "bits": round(reason.bits, 4)}
        for reason in explanation.contributions
    ]
