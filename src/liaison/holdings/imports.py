"""A list becomes records: in batches that are durable each by itself, so that an import that was cut short goes on
where it stopped when it is begun again, and one of a file that stands already changes nothing.
"""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, update

from liaison import policy
from liaison.holdings import live, safeguarding, shelves, withdrawal
from liaison.holdings.findings import LEFT_OUT, Findings, refused
from liaison.holdings.incoming import Incoming
from liaison.holdings.opening import incoming_rows
from liaison.holdings.options import quiet
from liaison.holdings.order import Imported, ImportOrder
from liaison.holdings.rules import PROTECTED, facts, is_minor
from liaison.holdings.shaping import Shaper
from liaison.holdings.shelves import OPEN, Rows, Shelf
from liaison.holdings.shredding import shred
from liaison.holdings.standing import SHELVES, Listed, Plan, Planner, begun, held
from liaison.ledger.statements import Statement
from liaison.model.categories import Category
from liaison.model.errors import BadInput
from liaison.model.holding import Change, Holding
from liaison.office import Office, new_id
from liaison.policy import Action, Actor, Context

BATCH = 1_000  # rows of one transaction
YOUNG = 200_000  # objects made before the collector looks for cycles among them
WHAT, WHAT_BATCH, WHAT_PROTECTED = "import", "import-batch", "import-safeguarded"
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Writing:
    """A batch that is ready to be written."""

    plan: Plan
    new: dict[str, Rows]
    renewed: dict[str, Rows]
    moved: Rows


def import_file(office: Office, actor: Actor, order: ImportOrder, progress: Progress = quiet) -> Imported:
    """What came of importing a list. progress(done, in all): rows; in all is 0 where it is not known.

    Raises NotLawful, UnusableFile, BadSetting, LedgerUnavailable, StoreUnavailable, and Conflict where someone else
    imports the same list. What was written before an error stays, and the next import goes on from there.
    """
    now = office.now()
    office.decide(Action.IMPORT, Context(actor=actor, now=now, record=_whole(office, order, now)))
    findings = Findings(order.file)
    with incoming_rows(order, findings) as (rows, total):
        run = _Run(office, actor, order, findings, now)
        with _fewer_collections(), ThreadPoolExecutor(1, "import") as writer:
            run.batches(rows, writer, lambda done: progress(done, total))
    run.end()
    live.changed(office)
    return run.result


class _Run:
    """One import under way."""

    def __init__(
        self, office: Office, actor: Actor, order: ImportOrder, findings: Findings, now: dt.datetime
    ) -> None:
        self.office, self.actor, self.order, self.findings, self.now = office, actor, order, findings, now
        self.result = Imported(new_id("import"), order.list_name)
        self.keys = shelves.digest_key(office, OPEN), shelves.digest_key(office, safeguarding.SHELF)
        change = Change(what=WHAT, by=actor.person, at=now, reason=order.reason)
        self.planner = Planner(self.keys[0], change, again=order.again)
        self.shaper = Shaper(order, actor.person, now.date(), policy.limits(office.regimes))
        self.seen: dict[bytes, int] = {}
        self.begun = office.read(lambda connection: begun(connection, order.list_name))
        self.kept: dict[str, None] = {}
        self.lawful: dict[object, str] = {}

    def batches(
        self, rows: Iterator[Incoming], writer: ThreadPoolExecutor, progress: Callable[[int], None]
    ) -> None:
        """Write the rows, a batch at a time, while the next batch is being made ready."""
        waiting: Future[None] | None = None
        done = 0
        try:
            while batch := list(islice(rows, BATCH)):
                ready = self._ready(batch)
                if waiting is not None:
                    waiting.result()
                waiting = writer.submit(self._write, ready)
                done += len(batch)
                progress(done)
        finally:
            if waiting is not None:
                waiting.result()

    def _ready(self, batch: list[Incoming]) -> Writing:
        listed = [one for row in batch if (one := self._listed(row)) is not None]
        standing = self.office.read(
            lambda connection: held(connection, self.order.list_name, listed, self.begun)
        )
        plan = self.planner.plan(listed, standing, self._before(standing))
        for row in plan.erased:
            self._refuse(
                row, "", f"erased before{LEFT_OUT}; say so in the order where it may be taken in again"
            )
        made = self.office.keys

        def sealed(drafts: dict[str, list[shelves.Draft]]) -> dict[str, Rows]:
            return {
                shelf.records.name: shelves.sealed_rows(made, shelf, drafts.get(shelf.records.name, ()))
                for shelf in SHELVES
            }

        moved = shelves.sealed_rows(made, safeguarding.SHELF, [draft for _, draft in plan.moved])
        return Writing(plan, sealed(plan.new), sealed(plan.renewed), moved)

    def _listed(self, row: Incoming) -> Listed | None:
        """The record of a row; None, and the reason reported, for one that is refused."""
        try:
            record = row.record or _nameless(self.keys[0], row)
            holding, dates = self.shaper.holding(row, record)
        except BadInput as error:
            self._refuse(row.row, row.headers.get(error.field, error.field), refused(error))
            return None
        for field, doubt in row.doubts:
            self.findings.bad(row.row, field, doubt)
        minor = is_minor(holding, self.now.date())
        against = self._unlawful(holding, minor)
        if against:
            self._refuse(row.row, "", f"{against}{LEFT_OUT}")
            return None
        open_ref, safe_ref = (shelves.keyed(key, holding.list_name, record) for key in self.keys)
        first = self.seen.setdefault(open_ref, row.row)
        if first != row.row:
            self._refuse(row.row, "id", f"the record of row {first} once more{LEFT_OUT}")
            return None
        self.kept.update(dict.fromkeys(holding.extra))
        return Listed(row.row, holding, dates, (open_ref, safe_ref), minor or holding.category in PROTECTED)

    def _refuse(self, row: int, field: str, reason: str) -> None:
        self.findings.bad(row, field, reason)

    def _unlawful(self, holding: Holding, minor: bool) -> str:
        """Why the law of the node does not let this record in; empty where it does."""
        dates = holding.retention_until, holding.review_at
        known = holding.category, minor, holding.handling.codes, *dates
        if known not in self.lawful:
            context = Context(actor=self.actor, now=self.now, record=facts(holding, self.now.date()))
            decision = policy.decide(Action.IMPORT, context, self.office.regimes)
            reasons = decision.reasons if isinstance(decision, policy.Refuse) else ()
            self.lawful[known] = "; ".join(reason.missing for reason in reasons)
        return self.lawful[known]

    def _before(self, standing: dict[bytes, tuple[Shelf, Row[Any]]]) -> dict[str, Holding]:
        rows = [row for shelf, row in standing.values() if shelf is safeguarding.SHELF and row.digest]
        return safeguarding.holdings_of(self.office, rows)

    def _write(self, ready: Writing) -> None:
        every = [*ready.new.values(), *ready.renewed.values(), ready.moved]
        with shelves.no_orphans(self.office.keys, [key for rows in every for key in rows.keys]):
            self.office.write(lambda connection: self._kept(connection, ready))
        shred(self.office, OPEN, [row.id for row, _ in ready.plan.moved])
        self._count(ready.plan)

    def _kept(self, connection: Connection, ready: Writing) -> None:
        if not any(ready.plan.counts()):
            return
        for row in ready.plan.forgotten:
            for shelf in SHELVES:
                connection.execute(update(shelf.records).where(shelf.records.c.id == row.id).values(ref=None))
        change = shelves.next_change(connection)
        for shelf in SHELVES:
            shelves.add(connection, shelf, ready.new[shelf.records.name], change)
            shelves.renew(connection, shelf, ready.renewed[shelf.records.name], change)
        safeguarding.take_over(
            self.office, connection, self.actor, [row for row, _ in ready.plan.moved], ready.moved, change
        )
        self.office.log.append_many(connection, self._told(ready, change))

    def _told(self, ready: Writing, change: int) -> list[Statement]:
        """One statement for each shelf that this batch touches."""
        told = []
        for shelf, what in zip(SHELVES, (WHAT_BATCH, WHAT_PROTECTED), strict=True):
            name = shelf.records.name
            new, renewed = ready.new[name].records, ready.renewed[name].records
            if new or renewed:
                detail = {"new": str(len(new)), "changed": str(len(renewed)), "change": str(change)}
                told.append(self._statement(what, detail, _digest(new + renewed)))
        return told

    def _statement(self, what: str, detail: dict[str, str], digest: str = "", outcome: str = "") -> Statement:
        return Statement(
            what=what,
            who=self.actor.person,
            when=self.now,
            objects=(self.result.id,),
            digest=digest,
            outcome=outcome,
            detail={"list": self.order.list_name, **detail},
        )

    def _count(self, plan: Plan) -> None:
        new, changed = plan.told()
        self.result.new += new
        self.result.changed += changed
        self.result.unchanged += plan.unchanged

    def end(self) -> None:
        """Report, withdraw what a complete list no longer has, and record the whole."""
        result = self.result
        result.bad_rows = sorted(self.findings.bad_rows, key=lambda bad: bad.row)
        result.notes = self.findings.notes
        result.refused = len({(bad.file, bad.row) for bad in result.left_out})
        taken = set(self.seen.values())
        left_out = any(bad.row not in taken for bad in result.left_out)
        withdrawal.absent(self.office, self.actor, self.order, result, set(self.seen), self.keys[0], left_out)
        self.findings.counted(
            self.shaper.shortened,
            "record is kept for less time, as the law asks",
            "records are kept for less time, as the law asks",
        )
        result.kept = list(self.kept)
        counts = {
            name: str(getattr(result, name))
            for name in ("new", "changed", "unchanged", "refused", "withdrawn")
        }
        self.office.write(
            lambda connection: self.office.log.append(connection, self._statement(WHAT, counts))
        )


def _whole(office: Office, order: ImportOrder, now: dt.datetime) -> policy.RecordFacts:
    """The facts by which the import as a whole is decided; each record is decided by its own as well."""
    limits = policy.limits(office.regimes)
    category = order.category or Category.CONTACT
    end = now.date() + dt.timedelta(days=limits.retention_days[category])
    end = min(order.retention_until or end, end)
    review = min(end, now.date() + dt.timedelta(days=limits.review_days[category]))
    review = min(order.review_at or review, review)
    return policy.RecordFacts(
        category=category,
        graded=True,
        handling=frozenset(order.handling.codes),
        own=True,
        review_at=shelves.midnight(review),
        expires_at=shelves.midnight(end),
    )


@contextmanager
def _fewer_collections() -> Iterator[None]:
    """Let rows, which hold no cycles, pass without the collector looking at them again and again: a fifth of the
    time of an import."""
    before = gc.get_threshold()
    gc.set_threshold(YOUNG, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _digest(records: Iterable[dict[str, Any]]) -> str:
    """SHA-256 of the ids of records, which are random, a line each: what the ledger keeps of a whole batch."""
    return sha256("".join(f"{row['id']}\n" for row in records).encode()).hexdigest()


def _nameless(key: bytes, row: Incoming) -> str:
    """An id for a row of a file that has none: the same for the same person, wherever in the file they stand."""
    return f"row-{shelves.keyed(key, shelves.ENCODER.encode(row.subject)).hex()[:20]}"
