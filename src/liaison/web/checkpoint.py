"""What the checkpoint's screen and the node say to each other, as JSON; and what the worker of the screen keeps."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec

from liaison.model.errors import BadInput
from liaison.model.subjects import Vehicle
from liaison.screening.alerting import Alert
from liaison.screening.approved import refused_by_number
from liaison.screening.checkpoint import Bad, Copy, Count, Done, Scan, Taken, Told, summed
from liaison.screening.checkpoint.copies import told_key
from liaison.screening.checkpoint.counts import total
from liaison.screening.checkpoint.recognising import Kind
from liaison.screening.checkpoint.rules import time_of, verdict_of
from liaison.screening.checkpoint.verdicts import Verdict, gravity
from liaison.screening.code_rules import code_of
from liaison.web.context import Visit
from liaison.web.examined import field_rows
from liaison.web.files import files
from liaison.web.language import later
from liaison.web.render import static

LONGEST_TEXT = 4_000  # characters of one scan
MOST_SCANS = 500  # of one report
SHELL = "/checkpoint/"
WORKER = "checkpoint-worker.js"
PARTS = "checkpoint/"  # under static: the scripts of the screen
LONGEST_ID = 36
READ = {
    "mark": later("Registration mark"),
    "states": later("States with marks of this form"),
    "other-readings": later("May also be read as"),
    "vehicle-number": later("Vehicle identification number"),
    "number": later("Document number"),
    "state": later("Issued by"),
    "name": later("Name"),
    "born": later("Born"),
}
WORDS = {  # title, and one sentence
    Verdict.CLEAR: (
        later("Nothing found"),
        later("No record matches and no rule objects. It does not show that all is in order."),
    ),
    Verdict.LOOK: (
        later("Look again"),
        later("Something is unusual, or a record is only like it. Compare with what is before you."),
    ),
    Verdict.STOP: (
        later("Stop: examine"),
        later("It does not hold together. Have it examined; this is no grounds for a measure."),
    ),
    Verdict.HIT: (
        later("Match: verify"),
        later("A record matches. It is a lead: verify it before anything else."),
    ),
}
QUIET = later("Verify, and let nothing show")  # over a match of which nobody may see that there is one
VEHICLES = {  # the sentence, where it is about a vehicle
    Verdict.CLEAR: later(
        "No entry is about a vehicle with this mark or number. It does not show that all is in order."
    ),
    Verdict.LOOK: later(
        "The entry's mark is easily taken for this one. Read the mark sign by sign, and compare make and colour."
    ),
    Verdict.HIT: later(
        "An entry is about a vehicle with this mark or number. Compare make, colour and vehicle number first."
    ),
}
DESCRIBED = (
    ("plate", later("Registration mark")),
    ("registered", later("Registered in")),
    ("make", later("Make and model")),
    ("colour", later("Colour")),
    ("vin", later("Identification number")),
)
NOT_SAID = later("not recorded")
DOUBLED = later("This scan was sent before and is not checked again.")
NOT_CHECKED = later("Not checked")
DECIDE = later("Compare and decide")
LINKED = re.compile(r'(?:href|src)="(/static/[^"]+)"')
Id = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-fA-F-]{36}$", description="A UUID made by the browser")]
Grounds = Annotated[str, msgspec.Meta(max_length=80)]
Place = Annotated[str, msgspec.Meta(max_length=80)]
Number = Annotated[int, msgspec.Meta(ge=0, le=10_000)]


class ScanIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a scanner typed. `at` and `verdict` are of a scan that was made without the node: when, and what was said.

    `taken` says what the text is to be taken for, where it can be several things; empty lets the node say.
    """

    id: Id
    text: Annotated[str, msgspec.Meta(max_length=LONGEST_TEXT)]
    grounds: Grounds
    place: Place = ""
    at: Annotated[str, msgspec.Meta(max_length=40)] | None = None
    verdict: Annotated[str, msgspec.Meta(max_length=10)] | None = None
    taken: Annotated[str, msgspec.Meta(max_length=20)] = ""


SCAN = msgspec.json.Decoder(ScanIn)  # made here: a type that threads meet first, and at once, crashes msgspec


class FindingOut(msgspec.Struct, frozen=True):
    """What a rule found, in words, and its source. `severity` is note, unusual or contradiction."""

    words: str
    source: str
    severity: str


class LinkOut(msgspec.Struct, frozen=True):
    """An alert, where it is decided upon, and the code by which it is named on the telephone."""

    id: str
    href: str
    words: str
    code: str


class ScanOut(msgspec.Struct, frozen=True, kw_only=True):
    """What a scan came to. A verdict is a reason to look, and never says that a document is genuine.

    `verdict` is clear, look, stop or hit. `quiet`: nothing may show that there is a record. `otherwise` are the kinds
    that the text could be as well. `recorded` is what the records say of a vehicle, to be held against the one that
    stands there. `also` are further results, where one text held several scans.
    """

    id: str
    kind: str
    verdict: str
    title: str = ""
    said: str = ""
    read: list[tuple[str, str]] = []
    findings: list[FindingOut] = []
    instructions: list[str] = []
    quiet: bool = False
    call: list[str] = []
    alerts: list[LinkOut] = []
    recorded: list[tuple[str, str]] = []
    otherwise: list[str] = []
    also: list[ScanOut] = []
    entry: int = 0
    doubled: bool = False


class StateOut(msgspec.Struct, frozen=True):
    """Who is signed in, the grounds to choose from, for how many hours a copy may be carried (0: it may not)."""

    officer: str
    node: str
    grounds: list[tuple[str, str]]
    offline_hours: int
    now: str


class CopyIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """On which grounds a copy is made, and for which place."""

    grounds: Grounds
    place: Place = ""


class CopyOut(msgspec.Struct, frozen=True, kw_only=True):
    """The copy that a checkpoint works from without the node. `code` and `mark_key` are told once and kept nowhere.

    Behind each mark: kind, places in `instructions`, place in `offices`, 1 for quiet, the record's short code, its last
    day.
    """

    copy: str
    made: str
    expires: str
    code: str
    mark_key: str
    entries: dict[str, tuple[str, list[int], int, int, str, str]]
    instructions: list[str]
    offices: list[str]
    counts: dict[str, int]


class ReportIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Scans that were made without the node. `copy` is empty where they were made without a copy too."""

    scans: Annotated[list[dict[str, Any]], msgspec.Meta(max_length=MOST_SCANS)]
    copy: Annotated[str, msgspec.Meta(max_length=80)] = ""


class DoneOut(msgspec.Struct, frozen=True, kw_only=True):
    """A scan of a report that was taken. `late`: it was made when the copy had expired."""

    id: str
    kind: str
    verdict: str
    doubled: bool
    late: bool
    quiet: bool
    alerts: list[LinkOut]
    entry: int


class RefusedOut(msgspec.Struct, frozen=True):
    """A scan of a report that was not taken, and what to do. `more` where a second person may agree to more checks."""

    id: str
    title: str
    hint: str
    field: str = ""
    more: bool = False


class ReportOut(msgspec.Struct, frozen=True):
    """What became of every scan of a report. `late`: the report came after the copy had expired; it is taken."""

    done: list[DoneOut]
    refused: list[RefusedOut]
    late: bool = False


class CountsIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """People who were found or helped, as numbers."""

    id: Id
    grounds: Grounds
    found: Number = 0
    helped: Number = 0
    of: Annotated[str, msgspec.Meta(max_length=20)] = "people"
    place: Place = ""


class CountsOut(msgspec.Struct, frozen=True):
    """The totals of the case today."""

    found: int
    helped: int


class CountOut(msgspec.Struct, frozen=True):
    """How many were found and helped on a day: of people, children, documents, vehicles or other."""

    day: str
    of: str
    found: int
    helped: int


class CaseCountsOut(msgspec.Struct, frozen=True):
    """The counts of a case by day, and their sums; never who."""

    case: str
    days: list[CountOut]
    found: int
    helped: int


def worker(shell: str) -> str:
    """The worker's script, with the addresses that it keeps before it: the shell, what it links to, its scripts.

    Its version is another one as soon as any of these is.
    """
    linked = LINKED.findall(shell)
    parts = [static(name) for name in sorted(files()) if name.startswith(PARTS)]
    kept = list(dict.fromkeys([SHELL, *linked, *parts]))
    digest = hashlib.sha256(shell.encode() + files()[WORKER].content + "".join(kept).encode())
    said = json.dumps({"version": digest.hexdigest()[:16], "addresses": kept})
    return f"const KEPT = {said};\n{files()[WORKER].content.decode()}"


def scan_of(sent: ScanIn, copy: str = "") -> Scan:
    """A scan as it was sent. Raises BadInput with the field."""
    kinds = {kind.value: kind for kind in Kind}
    if sent.taken and sent.taken not in kinds:
        hint = f"write one of {', '.join(kinds)}, or nothing"
        raise BadInput(f"{sent.taken!r} is no kind of scan", field="taken", hint=hint)
    return Scan(
        id=sent.id.lower(),
        text=sent.text,
        grounds=sent.grounds,
        place=sent.place,
        taken=kinds.get(sent.taken),
        made=time_of(sent.at) if sent.at else None,
        said=verdict_of(sent.verdict) if sent.verdict else None,
        copy=copy,
    )


def scans_of(sent: ReportIn) -> list[Scan | Bad]:
    """The scans of a report, each by itself: one that cannot be read keeps no other from being taken."""
    return [_row_of(row, sent.copy) for row in sent.scans]


def scan_out(visit: Visit, id: str, told: Sequence[Told]) -> ScanOut:
    """What a scan came to, in the reader's language; further documents of the same text stand under `also`.

    Of the readings of one thing the gravest comes first, and those under which nothing was found are left out.
    """
    if told[0].kind is not Kind.DOCUMENT:
        first, *more = sorted(told, key=lambda one: -gravity(one.verdict))
        told = [first, *(one for one in more if one.verdict is not Verdict.CLEAR)]
    first_out, *also = [_told_out(visit, id, one) for one in told]
    return msgspec.structs.replace(first_out, also=also)


def report_out(visit: Visit, taken: Taken) -> ReportOut:
    """What became of a report."""
    return ReportOut(
        [_done_out(visit, one) for one in taken.done],
        [_refused_out(one) for one in taken.refused],
        taken.late,
    )


def copy_out(visit: Visit, copy: Copy) -> CopyOut:
    """A copy as the browser takes it: words and offices once, and their places in the entries."""
    orders = list(dict.fromkeys(order for one in copy.entries.values() for order in one.orders))
    offices = list(dict.fromkeys(one.call for one in copy.entries.values()))
    place = {order: at for at, order in enumerate(orders)}
    office = {call: at for at, call in enumerate(offices)}
    return CopyOut(
        copy=copy.id,
        made=written(copy.made),
        expires=written(copy.expires),
        code=copy.code,
        mark_key=told_key(copy),
        entries={
            mark: (
                one.kind,
                [place[order] for order in one.orders],
                office[one.call],
                int(one.quiet),
                code_of(one.reference),
                one.until,
            )
            for mark, one in copy.entries.items()
        },
        instructions=[visit.say(order.meaning) for order in orders],
        offices=offices,
        counts=copy.counts,
    )


def counts_out(case: str, counts: Sequence[Count]) -> CaseCountsOut:
    """The counts of a case."""
    found, helped = total(counts)
    days = [CountOut(one.day, one.of, one.found, one.helped) for one in counts]
    return CaseCountsOut(case, days, found, helped)


def written(time: datetime) -> str:
    """A time as browsers read it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def _told_out(visit: Visit, id: str, told: Told) -> ScanOut:
    title, said = WORDS[told.verdict]
    if told.quiet and told.verdict is Verdict.HIT:
        title = QUIET
    if told.kind in (Kind.PLATE, Kind.VEHICLE_NUMBER):
        said = VEHICLES.get(told.verdict, said)
    if told.refusal is not None:
        return ScanOut(
            id=id,
            kind=told.kind.value,
            verdict=told.verdict.value,
            title=visit.say(NOT_CHECKED),
            said=visit.say(str(told.refusal)),
        )
    outline = ScanOut(
        id=id,
        kind=told.kind.value,
        verdict=told.verdict.value,
        title=visit.say(title),
        said=visit.say(DOUBLED if told.doubled else said),
        quiet=told.quiet,
        entry=told.entry,
        doubled=told.doubled,
    )
    if told.recognised is None:
        return outline
    return msgspec.structs.replace(
        outline,
        read=_read(visit, told),
        findings=_findings(told),
        instructions=[*_risks(visit, told.alerts), *(visit.say(order.meaning) for order in told.orders)],
        call=list(told.call),
        alerts=_links(visit, told.alerts),
        recorded=[row for one in told.vehicles for row in _described(visit, one)],
        otherwise=[kind.value for kind in told.recognised.otherwise],
    )


def _read(visit: Visit, told: Told) -> list[tuple[str, str]]:
    """What was understood of a scan, for the officer to hold against what is before them."""
    if told.examined is not None:
        rows = field_rows(visit, told.examined.document, visit.office.now().date())
        return [(label, meaning or text) for label, text, meaning in rows if meaning or text]
    assert told.recognised is not None
    return [(visit.say(READ[name]), text) for name, text in told.recognised.read]


def _findings(told: Told) -> list[FindingOut]:
    """What rules found in a document, or what of a mark or number was read otherwise than it stood there."""
    if told.examined is not None:
        return [
            FindingOut(one.words, one.source, one.severity.name.lower()) for one in told.examined.findings
        ]
    assert told.recognised is not None
    return [FindingOut(words, "", "note") for words in told.recognised.doubts]


def _risks(visit: Visit, alerts: Sequence[Alert]) -> list[str]:
    """What endangers whoever goes near, as the owner says it: it is told before anybody decides (decision 0052)."""
    said = dict.fromkeys(alert.risk for alert in alerts if alert.risk)
    return [visit.say("Danger: %(risk)s", risk=risk) for risk in said]


def _described(visit: Visit, vehicle: Vehicle) -> list[tuple[str, str]]:
    """What a record says of a vehicle; what it does not say is said too."""
    return [
        (visit.say(label), str(getattr(vehicle, name) or "") or visit.say(NOT_SAID))
        for name, label in DESCRIBED
    ]


def _links(visit: Visit, alerts: Sequence[Alert]) -> list[LinkOut]:
    return [LinkOut(one.id, f"/alerts/{one.id}", visit.say(DECIDE), code_of(one.id)) for one in alerts]


def _done_out(visit: Visit, done: Done) -> DoneOut:
    first, alerts = done.told[0], [alert for one in done.told for alert in one.alerts]
    return DoneOut(
        id=done.id,
        kind=first.kind.value,
        verdict=summed(done.told).value,
        doubled=all(one.doubled for one in done.told),
        late=done.late,
        quiet=any(one.quiet for one in done.told),
        alerts=_links(visit, alerts),
        entry=first.entry,
    )


def _refused_out(bad: Bad) -> RefusedOut:
    error = bad.error
    field = error.field if isinstance(error, BadInput) else ""
    return RefusedOut(bad.id, error.title, error.hint, field, refused_by_number(error))


def _row_of(row: dict[str, Any], copy: str) -> Scan | Bad:
    told = row.get("id")
    named = told[:LONGEST_ID] if isinstance(told, str) else ""
    try:
        return scan_of(SCAN.decode(msgspec.json.encode(row)), copy)
    except msgspec.ValidationError as error:
        hint = "this scan is not as the node takes it: make it again"
        return Bad(named, BadInput(str(error), field="scans", hint=hint))
    except BadInput as error:
        return Bad(named, error)
