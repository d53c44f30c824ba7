"""`liaison check`: many people from a file, or one person from the command line."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from liaison.cli.common import (
    AsJson,
    Delimiter,
    Encoding,
    Map,
    Organisations,
    form_of,
    limits_of,
    require_free_output,
    say_json,
)
from liaison.cli.errors import BAD_ROWS
from liaison.model.errors import BadSetting

if TYPE_CHECKING:
    from liaison.screening.service import Order, Outcome
    from liaison.screening.sources import Form


def check(
    subjects: Annotated[
        Path | None, typer.Argument(help="The people to check: a file, or - for standard input.")
    ] = None,
    against: Annotated[
        list[Path] | None,
        typer.Option(
            "--against", "-a", help="A list of records or a saved index. May be given several times."
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Where the alerts go, as CSV; - for standard output."),
    ] = None,
    alerts_per_1000: Annotated[
        float | None,
        typer.Option(
            help="How many alerts for every 1,000 people: the strongest. Default 20; for fewer than 1,000 people, "
            "every alert that at most four records would match by chance."
        ),
    ] = None,
    min_score: Annotated[
        float | None, typer.Option(help="Every alert of at least this score, in bits.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="Write a report to read and print, as one HTML file.")
    ] = None,
    report_alerts: Annotated[
        int, typer.Option(min=1, help="How many of the strongest alerts the report shows.")
    ] = 100,
    lists: Annotated[
        str | None, typer.Option(metavar="A,B", help="Check against these lists of the index only.")
    ] = None,
    cleared: Annotated[Path | None, typer.Option(help="Leave out the pairs cleared in this file.")] = None,
    jobs: Annotated[
        str | None,
        typer.Option(metavar="N|ray|ray://...", help="Share the work among N processes or a Ray cluster."),
    ] = None,
    column: Map = None,
    encoding: Encoding = "",
    delimiter: Delimiter = "",
    organisations: Organisations = False,
    name: Annotated[str | None, typer.Option(help="Check one person of this name.")] = None,
    born: Annotated[
        str | None, typer.Option(metavar="DATE", help="Date of birth: 1984-02-03, 1984-02 or 1984.")
    ] = None,
    sex: Annotated[str | None, typer.Option(metavar="M|F|X", help="Sex of the one person.")] = None,
    nationality: Annotated[
        str | None, typer.Option(help="Nationality: a code or a name of a country.")
    ] = None,
    document: Annotated[
        list[str] | None, typer.Option(help="A document number. May be given several times.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check people against lists: alerts in strict order of strength, each with its reasons."""
    if not against:
        raise BadSetting("there is nothing to check against", hint="give --against LIST_OR_INDEX")
    limits = limits_of(alerts_per_1000, min_score, lists)
    if name is not None:
        from liaison.cli.one import Asked, check_person

        if subjects is not None:
            raise BadSetting("a file of people and --name exclude each other", hint="give one of them")
        if output or report or jobs or column or encoding or delimiter:
            raise BadSetting(
                "--output, --report, --jobs and --map are for a file of people", hint="leave them out"
            )
        asked = Asked(name, born or "", sex or "", nationality or "", tuple(document or ()))
        check_person(asked, tuple(against), limits, cleared, as_json)
        return
    if subjects is None or output is None:
        missing = "people to check" if subjects is None else "place for the alerts"
        raise BadSetting(
            f"there is no {missing}",
            hint="liaison check SUBJECTS --against LIST -o ALERTS.csv, or --name NAME for one person",
        )
    require_free_output(as_json, output, report)
    if any((born, sex, nationality, document)):
        raise BadSetting(
            "--born, --sex, --nationality and --document describe the one person of --name",
            hint="give --name too",
        )

    from liaison.screening.service import Order

    records = form_of(None, organisations=organisations)
    order = Order(tuple(against), output, limits, report, report_alerts, cleared, jobs or "", records)
    _check_file(subjects, form_of(column, encoding, delimiter, organisations), order, as_json)


def _check_file(subjects: Path, form: Form, order: Order, as_json: bool) -> None:
    from datetime import UTC, datetime

    from liaison.cli.progress import shown
    from liaison.screening import service, sources

    started = time.monotonic()
    service.require_places(
        service.places(order.alerts, order.report), [subjects, *order.against, order.cleared]
    )
    with shown(as_json) as progress:
        source = sources.read(subjects, form, progress)
        name = "standard input" if str(subjects) == "-" else subjects.name
        outcome = service.check(name, source, order, datetime.now(UTC), progress)
    seconds = time.monotonic() - started
    if as_json:
        say_json(summary(outcome, seconds))
    else:
        for line in told(outcome, seconds):
            typer.echo(line, err=str(order.alerts) == "-")
    if outcome.bad_rows:
        raise typer.Exit(BAD_ROWS)


def summary(outcome: Outcome, seconds: float) -> dict[str, object]:
    """What a check came to, for a script."""
    from liaison.screening.rules import NOTICE, bits

    return {
        "people": outcome.people,
        "records": outcome.records,
        "lists": list(outcome.lists),
        "alerts": outcome.alerts,
        "people_with_alert": outcome.people_with_alert,
        "least_score": float(bits(outcome.least)),
        "left_out_as_cleared": outcome.left_out,
        "bad_rows": outcome.bad_rows,
        "seconds": round(seconds, 3),
        "alerts_file": str(outcome.alerts_file),
        "bad_rows_file": str(outcome.bad_rows_file) if outcome.bad_rows_file else None,
        "report_file": str(outcome.report_file) if outcome.report_file else None,
        "notes": list(outcome.notes),
        "notice": NOTICE,
    }


def told(outcome: Outcome, seconds: float) -> list[str]:
    """What a check came to, in lines to read."""
    from liaison.screening.rules import NOTICE, bits, counted

    lines = [f"Note: {note}" for note in outcome.notes]
    lines.append(
        f"Checked {counted(outcome.people, 'person', 'people')} "
        f"against {counted(outcome.records, 'record', 'records')} in {seconds:,.1f} s."
    )
    if outcome.alerts:
        lines.append(
            f"{counted(outcome.alerts, 'alert', 'alerts')} "
            f"for {counted(outcome.people_with_alert, 'person', 'people')}, "
            f"the weakest at {bits(outcome.least)} bits: {outcome.alerts_file}"
        )
    else:
        lines.append(
            f"No alerts: nobody reached {bits(outcome.least)} bits. This does not show that nobody is on the lists."
        )
    if outcome.left_out:
        lines.append(f"Left out, because cleared before: {counted(outcome.left_out, 'pair', 'pairs')}.")
    if outcome.bad_rows:
        where = (
            f": {outcome.bad_rows_file}" if outcome.bad_rows_file else " (give -o FILE to have them listed)"
        )
        lines.append(
            f"Not used as it stands: {counted(outcome.bad_rows, 'value', 'values')}, each listed with its reason{where}"
        )
    if outcome.report_file:
        lines.append(f"The report: {outcome.report_file}")
    return [*lines, NOTICE]
