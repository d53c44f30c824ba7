"""What is bad is refused with its own error, between two nodes: nothing is revealed, and both ledgers say so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest

from liaison.crosscheck.asker.lines import Line
from liaison.crosscheck.asker.states import LegState
from liaison.crosscheck.function.groups import POINT
from liaison.crosscheck.holder import giving
from liaison.crosscheck.messages import Question, packed, unpacked, whole_of
from liaison.model import canonical
from liaison.model.errors import LiaisonError
from liaison.storage.tables.crosscheck import SHARDS
from liaison.supply import signing
from liaison.supply.signing import Type
from liaison.transport.calls import Answered, Trouble
from tests.crosscheck.askers import GEZIM, STRANGER, Asked, asked
from tests.crosscheck.holders import crosscheck, terms
from tests.node_fixtures import sqlite_daily
from tests.screening.conftest import crowd

EVALUATE, SHARD = "/crosscheck/evaluate", "/crosscheck/shards"
HELD = crowd()[:12]
Changed = Callable[[Question, bytes], tuple[Question, bytes]]


def saying(**said: object) -> Changed:
    return lambda question, points: (msgspec.structs.replace(question, **said), points)


def with_last(point: bytes) -> Changed:
    """The last point is this one, and everything is signed for it."""

    def change(question: Question, points: bytes) -> tuple[Question, bytes]:
        return _signed_for(question, points[:-POINT] + point)

    return change


def _signed_for(question: Question, points: bytes) -> tuple[Question, bytes]:
    digest = sha256(points).hexdigest()
    return msgspec.structs.replace(question, digest=digest, whole=whole_of([digest])), points


def asks_otherwise(both: Asked, monkeypatch: pytest.MonkeyPatch, change: Changed) -> None:
    """The asker's node is not as it should be: its questions are changed before they are signed."""
    ask = Line.ask

    def asks(
        line: Line, method: str, path: str, body: bytes = b"", kind: str = "application/octet-stream"
    ) -> bytes:
        if path == EVALUATE:
            document, points = unpacked(body)
            question, points = change(signing.told(document, Question), points)
            body = packed(signing.signed(Type.QUESTION, question, both.asker.means.own.document), points)
        return ask(line, method, path, body, kind)

    monkeypatch.setattr(Line, "ask", asks)


@dataclass(frozen=True)
class Before:
    """How the holder stood before a session, and its answers from then on, as they leave."""

    rows: tuple[int, int]
    refused: int
    answers: list[tuple[str, Answered]]


def looked_at(both: Asked) -> Before:
    kept: list[tuple[str, Answered]] = []

    def keep(path: str, answered: Answered) -> Answered:
        kept.append((path, answered))
        return answered

    both.counter.changes, both.counter.lost = keep, True
    return Before(both.rows(), len(both.entries("crosscheck-refused")), kept)


def refused(both: Asked, session: str, code: str, before: Before) -> None:
    """The last session was refused for this reason: both ledgers have it, and the holder told the reason alone."""
    leg = both.shown(session).legs[0]
    assert (leg.state, leg.code) == (LegState.REFUSED, code)
    stopped = both.ours("crosscheck-stopped")[-1]
    assert (stopped.outcome, stopped.objects[0]) == (code, session)
    entries = both.entries("crosscheck-refused")[before.refused :]
    assert {(each.detail["code"], each.detail["partner"]) for each in entries} == {(code, both.asker.origin)}
    told = [answered for path, answered in before.answers if path == EVALUATE]
    assert told
    for answered in told:
        trouble = canonical.decode(answered.body, Trouble)
        assert (trouble.code, answered.status) == (code, trouble.status)
        assert len(answered.body) < 200  # a word and a title: no point has room in it
    assert both.rows() == before.rows
    assert both.hits(session) == []


BAD: dict[str, tuple[Changed, str]] = {
    "an epoch that is none": (saying(epoch="epoch-other"), "wrong-epoch"),
    "another key than published": (saying(public="ab" * 32), "wrong-key"),
    "another normaliser": (saying(normaliser="liaison-xc/v0"), "other-normaliser"),
    "a point off the group": (with_last(b"\xff" * POINT), "bad-point"),
    "the identity": (with_last(bytes(POINT)), "bad-point"),
    "more points than are left": (saying(all_points=100_001, batches=2), "over-quota"),
}  # fmt: skip


@sqlite_daily
def test_a_bad_question_is_refused_and_both_ledgers_say_so(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with asked(tmp_path, kind, HELD) as both:
        both.asks(STRANGER)
        for change, code in BAD.values():
            with monkeypatch.context() as patched:
                asks_otherwise(both, patched, change)
                before = looked_at(both)
                refused(both, both.asks(GEZIM), code, before)


@sqlite_daily
def test_a_batch_that_is_asked_in_another_session_is_refused(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever gets hold of blinded points and has them evaluated anew gets nothing."""
    with asked(tmp_path, kind, HELD) as both:
        both.asks(GEZIM)
        stolen = unpacked(both.evaluations()[-1])[1]
        asks_otherwise(both, monkeypatch, lambda question, _: _signed_for(question, stolen))
        before = looked_at(both)
        refused(both, both.asks(GEZIM), "replayed", before)


def test_the_quota_that_is_agreed_ends_it_on_both_sides(tmp_path: Path) -> None:
    with asked(tmp_path, rows=HELD, agreed=terms(points=300, case_points=300)) as both:
        both.asks(GEZIM)
        before = looked_at(both)
        refused(both, both.asks(GEZIM), "over-quota", before)


def test_a_set_that_is_damaged_at_the_holders_is_told_on_both_sides(tmp_path: Path) -> None:
    """The holder's own disk: what does not open is not sent, and nothing is asked under it."""
    with asked(tmp_path, rows=HELD) as both:
        both.holder.office.write(
            lambda connection: connection.execute(SHARDS.update().values(sealed=b"x" * 80))
        )
        before = looked_at(both)
        session = both.asks(GEZIM)
        assert both.evaluations() == []
        assert [answered.status for path, answered in before.answers if path.startswith(SHARD)] != [200]
        assert "damaged-set" in [each.detail["code"] for each in both.entries("crosscheck-refused")]
        assert both.shown(session).legs[0].code == "damaged-set"


def test_a_set_that_is_not_as_it_was_signed_is_told_on_both_sides(tmp_path: Path) -> None:
    """A holder's node that sends other shards than it signed: the asker takes none, and tells the holder."""
    with asked(tmp_path, rows=HELD) as both:

        def change(path: str, answered: Answered) -> Answered:
            return (
                replace(answered, body=answered.body[:-1] + b"\xff") if path.startswith(SHARD) else answered
            )

        both.counter.changes = change
        session = both.asks(GEZIM)
        assert both.shown(session).legs[0].code == "damaged-set"
        assert [each.detail["code"] for each in both.ours("partner-set-rejected")] == ["damaged-set"]
        assert both.evaluations() == []
        both.asks(STRANGER)  # and it is said once, however often
        (said,) = both.entries("token-set-refused-there")
        told = both.published()
        assert said.detail == {
            "partner": both.asker.origin, "of": "records", "epoch": told.epoch, "version": "1", "code": "damaged-set",
        }  # fmt: skip


def test_only_what_was_given_can_be_said_to_be_refused(tmp_path: Path) -> None:
    with crosscheck(tmp_path, rows=HELD) as both:
        epoch, office = both.epoch().id, both.holder.office

        def say(**said: object) -> None:
            given = {"of": "records", "epoch": epoch, "version": 1, "code": "bad-note"} | said
            giving.rejected(office, both.partner, canonical.encode(given))

        wrong: list[dict[str, object]] = [
            {"epoch": "epoch-other"}, {"version": 2}, {"version": 0}, {"of": "actions"}, {"code": "fine"},
            {"epoch": "", "version": 0, "of": "actions"}, {"code": "x" * 1_000},
        ]  # fmt: skip
        for each in wrong:
            with pytest.raises(LiaisonError):
                say(**each)
        assert both.entries(giving.WHAT_REJECTED) == []
        assert len(both.entries("crosscheck-refused")) == len(wrong)
        for each in ({}, {}, {"epoch": "", "version": 0}, {"epoch": "", "version": 0}):
            say(**each)
        assert len(both.entries(giving.WHAT_REJECTED)) == 2
