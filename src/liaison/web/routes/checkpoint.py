"""The checkpoint: a screen that takes what a scanner types, also without the node, and what it asks the node for."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from litestar import Response, get, post
from litestar.params import QueryParameter

from liaison.model.grounds import Purpose
from liaison.model.roles import Capability
from liaison.screening import checkpoint
from liaison.screening.checkpoint import Told
from liaison.web.checkpoint import (
    CaseCountsOut,
    CopyIn,
    CopyOut,
    CountsIn,
    CountsOut,
    ReportIn,
    ReportOut,
    ScanIn,
    ScanOut,
    StateOut,
    copy_out,
    counts_out,
    report_out,
    scan_of,
    scan_out,
    scans_of,
    worker,
    written,
)
from liaison.web.context import Visit
from liaison.web.footing import grounds_offered
from liaison.web.routing import Declared, call, look, page, served

AUDIENCE = Capability.CHECK
SEEN = frozenset({Capability.CHECK, Capability.SUPERVISE})
Case = Annotated[str, QueryParameter(max_length=80)]


def _asked(path: str) -> Declared:
    """What the screen asks for, with the session's cookie and JSON."""
    return served(post(path, status_code=200, include_in_schema=False, audience=AUDIENCE, program=True), path)


def _told(path: str) -> Declared:
    return served(get(path, include_in_schema=False, audience=AUDIENCE, program=True), path)


@page("/checkpoint", audience=AUDIENCE)
def checkpoint_shell(visit: Visit) -> Response[str]:
    """The screen. It says nothing about anybody, so that a browser may keep it."""
    return _shell(visit)


@served(get("/checkpoint/worker.js", include_in_schema=False, audience=AUDIENCE), "/checkpoint/worker.js")
def checkpoint_worker(visit: Visit) -> Response[str]:
    """The worker that keeps the screen in the browser. It is asked for anew each time."""
    headers = {"Cache-Control": "no-cache"}
    return Response(worker(str(_shell(visit).content)), media_type="text/javascript", headers=headers)


@_told("/checkpoint/state")
def checkpoint_state(visit: Visit) -> StateOut:
    """Who is signed in, and the grounds to choose from."""
    return StateOut(
        officer=visit.who.name,
        node=visit.settings.name,
        grounds=grounds_offered(visit, Purpose.BORDER_CHECK),
        offline_hours=visit.settings.checkpoint_hours,
        now=written(visit.office.now()),
    )


@_asked("/checkpoint/scan")
def checkpoint_scan(visit: Visit, data: ScanIn) -> ScanOut:
    """Check what was scanned. The same id again is told what it came to, and not checked again."""
    return scan_out(visit, data.id, _looked(visit, data))


@_asked("/checkpoint/copy")
def checkpoint_copy(visit: Visit, data: CopyIn) -> CopyOut:
    """Make the copy that a checkpoint works from. Its code and key are told this once."""
    lasting = timedelta(hours=visit.settings.checkpoint_hours)
    copy = checkpoint.make(visit.office, visit.actor, data.grounds, data.place, lasting)
    return copy_out(visit, copy)


@_asked("/checkpoint/report")
def checkpoint_report(visit: Visit, data: ReportIn) -> ReportOut:
    """Take the scans that were made without the node."""
    taken = checkpoint.take(
        visit.office, visit.node.live, visit.actor, data.copy, scans_of(data), _window(visit)
    )
    return report_out(visit, taken)


@_asked("/checkpoint/counts")
def checkpoint_count(visit: Visit, data: CountsIn) -> CountsOut:
    """Count people who were found or helped; the same id counts once."""
    today = checkpoint.count(
        visit.office,
        visit.actor,
        data.grounds,
        data.id.lower(),
        of=data.of,
        found=data.found,
        helped=data.helped,
    )
    return CountsOut(sum(one.found for one in today), sum(one.helped for one in today))


@served(get("/checkpoint/counts", include_in_schema=False, audience=SEEN, program=True), "/checkpoint/counts")
def checkpoint_counts(visit: Visit, case: Case) -> CaseCountsOut:
    """The counts of a case, by day."""
    return counts_out(case, checkpoint.counts_of(visit.office, visit.actor, case))


@call("/checkpoint/scans", audience=AUDIENCE, tags=["checkpoint"], short=True)
def api_checkpoint_scan(visit: Visit, data: ScanIn) -> ScanOut:
    """Check what a scanner typed: a zone of any form, a registration mark, a vehicle's number, a document's number, or
    a name with a date of birth."""
    return scan_out(visit, data.id, _looked(visit, data))


@look("/checkpoint/counts", audience=SEEN, tags=["checkpoint"])
def api_checkpoint_counts(visit: Visit, case: Case) -> CaseCountsOut:
    """How many people were found and helped in a case, by day; never who."""
    return counts_out(case, checkpoint.counts_of(visit.office, visit.actor, case))


def _looked(visit: Visit, data: ScanIn) -> tuple[Told, ...]:
    with visit.node.metrics.checks.time():
        return checkpoint.look(visit.office, visit.node.live, visit.actor, scan_of(data), _window(visit))


def _window(visit: Visit) -> timedelta:
    return timedelta(hours=visit.settings.document_hours)


def _shell(visit: Visit) -> Response[str]:
    """The screen as nobody sees it, in the reader's language."""
    nobody = Visit(visit.node, None, visit.language, "", "")
    return nobody.page("pages/checkpoint.html", title=visit.say("Checkpoint"))


ROUTES = (
    checkpoint_shell,
    checkpoint_worker,
    checkpoint_state,
    checkpoint_scan,
    checkpoint_copy,
    checkpoint_report,
    checkpoint_count,
    checkpoint_counts,
    api_checkpoint_scan,
    api_checkpoint_counts,
)
