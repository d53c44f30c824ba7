"""The auditor's seat: samples that nobody can choose, figures without persons, and the means to verify the log."""

from __future__ import annotations

import datetime as dt
from functools import cache, partial
from pathlib import Path
from typing import Any

import msgspec
from litestar import Response

from liaison.model.errors import BadInput, LiaisonError, NotFound, NotLawful
from liaison.model.roles import Capability
from liaison.officers.people import names_of
from liaison.officers.service import overseers, overseers_made_alone
from liaison.screening import sampling
from liaison.screening.sampling import LookUp, Sample
from liaison.screening.sampling_rules import LARGEST
from liaison.screening.statistics import Origin, Statistics, origins, statistics
from liaison.screening.statistics_rules import Count
from liaison.web.context import Visit
from liaison.web.forms import Form
from liaison.web.keys import figure_of, figures_of
from liaison.web.paging import Listed
from liaison.web.routing import act, call, look, page
from liaison.web.security import SIGNED

REFUSALS = (BadInput, NotLawful)
SEAT = frozenset({Capability.AUDIT_SAMPLE, Capability.STATISTICS})
DRAWS = Capability.AUDIT_SAMPLE
SCRIPT = "verify_log.py"
PACKAGE = Path(__file__).parents[2]
PLACES = (PACKAGE / SCRIPT, PACKAGE.parent.parent / "tools" / SCRIPT)  # as installed, and in a checkout


class Drawing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many look-ups to draw, made from `since` to before `until`."""

    size: int
    since: dt.datetime
    until: dt.datetime


class SampleOut(msgspec.Struct, frozen=True):
    """A sample. Whoever has the seed and the ids of the look-ups can draw it again; `entry` is the ledger's."""

    id: str
    at: dt.datetime
    since: dt.datetime
    until: dt.datetime
    population: int
    seed: str
    entry: int


class LookUpOut(msgspec.Struct, frozen=True):
    """One look-up that was drawn, with its justification; empty where that was erased."""

    check: str
    kind: str
    person: str
    at: dt.datetime
    case: str
    reference: str
    purpose: str
    offence: str
    basis: str
    justification: str
    looked_up: int
    alerts: int


class FiguresOut(msgspec.Struct, frozen=True):
    """Figures of a time; null where a number is so small that it could be one person."""

    since: dt.datetime
    until: dt.datetime
    questions: int | None
    subjects: int | None
    refusals: int | None
    by_kind: dict[str, int | None]
    by_purpose: dict[str, int | None]
    by_offence: dict[str, int | None]
    by_outcome: dict[str, int | None]
    by_rule: dict[str, int | None]


@page("/audit", audience=SEAT)
def audit(visit: Visit) -> Response[str]:
    """The samples one drew, and how to draw another."""
    return _seat(visit, Form())


@act("/audit", audience=DRAWS)
def draw(visit: Visit, form: Form) -> Response[Any]:
    """Draw a sample."""
    try:
        since, until = _span(form)
        sample = sampling.draw(visit.office, visit.actor, since, until, form.number("size", 1, LARGEST))
    except REFUSALS as error:
        return _seat(visit, form.refused(error), error)
    return visit.go(f"/audit/{sample.id}", "created")


@page("/audit/{sample_id:str}", audience=DRAWS)
def one_sample(visit: Visit, sample_id: str) -> Response[str]:
    """The look-ups of a sample with their justifications."""
    return _shown(visit, sample_id)


@act("/audit/{sample_id:str}/{check_id:str}", audience=DRAWS)
def open_question(visit: Visit, sample_id: str, check_id: str) -> Response[str]:
    """What was asked in one look-up of the sample; the opening is an entry of the ledger."""
    asked = sampling.open_question(visit.office, visit.actor, sample_id, check_id)
    return _shown(visit, sample_id, check_id, msgspec.json.format(msgspec.json.encode(asked)).decode())


@page("/audit/figures", audience=Capability.STATISTICS)
def figures(visit: Visit, since: str = "", until: str = "") -> Response[str]:
    """Figures without persons."""
    form = Form(fields={"since": [since or _ago(visit, 30)], "until": [until or _ago(visit, -1)]})
    found: Statistics | None = None
    monthly: list[Origin] = []
    try:
        span = _span(form)
        found = statistics(visit.office, visit.actor, *span)
        monthly = origins(visit.office, visit.actor, *span)
    except REFUSALS as error:
        form = form.refused(error)
    return visit.page(
        "pages/audit_figures.html",
        title=visit.say("Figures"),
        active="ledger",
        crumbs=[(visit.say("Audit"), "/audit"), (visit.say("Figures"), "")],
        form=form,
        status=400 if form.problems else 200,
        found=found,
        origins=monthly,
        figures=partial(figures_of, visit),
        figure=partial(figure_of, visit),
    )


@page("/audit/verify_log.py", audience=SIGNED)
def verifier(visit: Visit) -> Response[bytes]:
    """The script that verifies the log offline and imports nothing of this program."""
    return Response(
        _script(),
        media_type="text/x-python",
        headers={"Content-Disposition": f'attachment; filename="{SCRIPT}"'},
    )


@look("/audit/samples", audience=DRAWS, tags=["audit"])
def api_samples(visit: Visit) -> Listed[SampleOut]:
    """The samples one drew, the newest first."""
    return Listed([_sample_out(each) for each in sampling.samples_of(visit.office, visit.actor)])


@call("/audit/samples", audience=DRAWS, tags=["audit"], status=201)
def api_draw(visit: Visit, data: Drawing) -> SampleOut:
    """Draw a sample."""
    for field, time in (("since", data.since), ("until", data.until)):
        if time.tzinfo is None:
            raise BadInput("the time has no zone", field=field, hint="write it as 2026-03-31T00:00:00Z")
    return _sample_out(sampling.draw(visit.office, visit.actor, data.since, data.until, data.size))


@look("/audit/samples/{sample_id:str}", audience=DRAWS, tags=["audit"])
def api_sample(visit: Visit, sample_id: str) -> Listed[LookUpOut]:
    """The look-ups of a sample with their justifications."""
    return Listed([_look_up_out(each) for each in sampling.show(visit.office, visit.actor, sample_id)])


@call("/audit/figures", audience=Capability.STATISTICS, tags=["audit"])
def api_figures(visit: Visit, data: Drawing) -> FiguresOut:
    """Figures of a time, without persons. The size is not used."""
    found = statistics(visit.office, visit.actor, data.since, data.until)
    return FiguresOut(
        found.since,
        found.until,
        found.questions.number,
        found.subjects.number,
        found.refusals.number,
        *(
            _numbers(part)
            for part in (
                found.by_kind,
                found.by_purpose,
                found.by_offence,
                found.by_outcome,
                found.by_rule,
            )
        ),
    )


def _seat(visit: Visit, form: Form, error: LiaisonError | None = None) -> Response[str]:
    draws, alone = visit.may(DRAWS), overseers_made_alone(visit.office)
    fresh = form if form.fields else Form(fields={"since": [_ago(visit, 30)], "until": [_ago(visit, -1)]})
    return visit.page(
        "pages/audit.html",
        title=visit.say("Audit"),
        active="ledger",
        form=fresh,
        status=error.status if error else 200,
        samples=sampling.samples_of(visit.office, visit.actor) if draws else [],
        draws=draws,
        reads_all=visit.may(Capability.READ_LEDGER),
        audits=True,
        most=LARGEST,
        alone=alone,
        overseers=overseers(visit.office),
        names=names_of(visit.office, {each.person for each in alone}),
        vkey=visit.node.signers[0].verifier.vkey,
        address=visit.node.public_url,
    )


def _shown(visit: Visit, sample_id: str, opened: str = "", question: str = "") -> Response[str]:
    look_ups = sampling.show(visit.office, visit.actor, sample_id)
    sample = next(each for each in sampling.samples_of(visit.office, visit.actor) if each.id == sample_id)
    return visit.page(
        "pages/audit_sample.html",
        title=visit.say("Sample of look-ups"),
        active="ledger",
        crumbs=[(visit.say("Audit"), "/audit"), (sample.id, "")],
        sample=sample,
        look_ups=look_ups,
        names=names_of(visit.office, {each.person for each in look_ups}),
        opened=opened,
        question=question,
    )


def _span(form: Form) -> tuple[dt.datetime, dt.datetime]:
    since, until = form.date("since"), form.date("until")
    if since is None or until is None:
        raise BadInput("this is needed", field="until" if since else "since", hint="write it as 2026-03-31")
    return dt.datetime.combine(since, dt.time(), dt.UTC), dt.datetime.combine(until, dt.time(), dt.UTC)


def _ago(visit: Visit, days: int) -> str:
    return (visit.office.now() - dt.timedelta(days=days)).date().isoformat()


@cache
def _script() -> bytes:
    for place in PLACES:
        if place.is_file():
            return place.read_bytes()
    raise NotFound


def _numbers(found: dict[str, Count]) -> dict[str, int | None]:
    return {name: each.number for name, each in found.items()}


def _sample_out(one: Sample) -> SampleOut:
    return SampleOut(one.id, one.at, one.since, one.until, one.population, one.seed, one.entry)


def _look_up_out(one: LookUp) -> LookUpOut:
    return LookUpOut(
        one.check,
        one.kind,
        one.person,
        one.at,
        one.case,
        one.reference,
        one.purpose,
        one.offence,
        one.basis,
        one.justification or "",
        one.looked_up,
        one.alerts,
    )


ROUTES = (
    audit,
    draw,
    figures,
    verifier,
    one_sample,
    open_question,
    api_samples,
    api_draw,
    api_sample,
    api_figures,
)
