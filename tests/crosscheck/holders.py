"""A holder with records and an asker by hand: it blinds, signs its questions and looks up what comes back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import msgspec
from sqlalchemy import Connection, select

from liaison.crosscheck.function import tokens, voprf
from liaison.crosscheck.function.tokens import TokenSet
from liaison.crosscheck.holder import background, epochs, giving, processes, serving
from liaison.crosscheck.holder.epochs import Epoch
from liaison.crosscheck.likeness.matchkeys import evaluated, of_question
from liaison.crosscheck.messages import (
    Answer,
    Kind,
    Of,
    Published,
    Question,
    packed,
    receipt_of,
    unpacked,
    whole_of,
)
from liaison.ledger.statements import Statement
from liaison.model.grounds import Purpose
from liaison.model.subjects import AnySubject
from liaison.partners.agreement import CROSSCHECK, STANDING_CROSSCHECK, Comparison
from liaison.partners.directory import Partner
from liaison.partners.service import Terms
from liaison.storage.tables.crosscheck import ANSWERED, SERVED
from liaison.supply import signing
from liaison.supply.signing import Type
from tests.screening.conftest import Row
from tests.two_offices import TERMS, Agency, Pair, two_offices

COMPARISON = Comparison(changes=True, standing_days=60)
EXCHANGES = (*TERMS.exchanges, CROSSCHECK, STANDING_CROSSCHECK)


def terms(**said: object) -> Terms:
    return replace(TERMS, exchanges=EXCHANGES, crosscheck=msgspec.structs.replace(COMPARISON, **said))


@dataclass
class Batch:
    """A batch as it was asked, and what is needed to read its answer."""

    inputs: list[bytes]
    blinded: voprf.Blinded
    question: Question
    document: str

    @property
    def body(self) -> bytes:
        return packed(self.document, self.blinded.points)


@dataclass
class Crosscheck:
    """Two agencies that may cross-check."""

    pair: Pair
    count: int = 0

    @property
    def holder(self) -> Agency:
        return self.pair.asked

    @property
    def asker(self) -> Agency:
        return self.pair.asking

    @property
    def partner(self) -> Partner:
        """The asker, as the holder knows it."""
        return self.holder.side.knows(self.asker.side)

    def run(self) -> None:
        """One round of the holder's background."""
        background.run(self.holder.office, self.holder.means)

    def epochs(self) -> list[Epoch]:
        return self.holder.office.read(epochs.epochs)

    def epoch(self) -> Epoch:
        """The newest one of records."""
        return self.epochs()[0]

    def published(self) -> Published:
        text = giving.published(self.holder.office, self.partner, Of.RECORDS).decode()
        return signing.opened(Type.TOKEN_SET, text, Published, self.holder_keys)

    @property
    def holder_keys(self):  # type: ignore[no-untyped-def]
        return signing.keys_of(self.asker.side.knows(self.holder.side).cards)

    def fetched(self) -> TokenSet:
        """The whole set, as the partner fetches it."""
        told = self.published()
        span = (0, len(told.digests) - 1)
        shards = giving.shards(self.holder.office, self.partner, told.epoch, told.version, span)
        return tokens.opened(told.outline, shards)

    def batches(
        self, inputs: Sequence[bytes], parts: int = 1, told: Published | None = None, **said: object
    ) -> list[Batch]:
        """A session of these inputs in so many batches."""
        self.count += 1
        told, now = told or self.published(), self.asker.clock.now()
        session = str(said.pop("session", f"session-{self.count}"))
        some = [list(inputs[start::parts]) for start in range(parts)]
        blinded = [
            voprf.blind(part, sha256(f"{session} {number}".encode()).digest())
            for number, part in enumerate(some)
        ]
        digests = [sha256(each.points).hexdigest() for each in blinded]
        made = []
        for number, (part, points) in enumerate(zip(some, blinded, strict=True), 1):
            given: dict[str, object] = {
                "federation": "test", "asker": self.asker.origin, "holder": self.holder.origin,
                "session": session, "kind": Kind.CHECK, "of": Of.RECORDS, "batch": number, "batches": parts,
                "points": len(part), "all_points": len(inputs), "subjects": 1, "digest": digests[number - 1],
                "whole": whole_of(digests), "epoch": told.epoch, "public": told.public,
                "normaliser": told.normaliser, "officer": "person-inv", "reference": "2026/1",
                "purpose": Purpose.INVESTIGATION, "basis": "task", "offence": "drugs", "made": now,
            }  # fmt: skip
            question = Question(**(given | said))  # type: ignore[arg-type]
            made.append(Batch(part, points, question, self.signed(question)))
        return made

    def signed(self, question: Question) -> str:
        return signing.signed(Type.QUESTION, question, self.asker.means.own.document)

    def ask(self, batch: Batch, body: bytes = b"") -> tuple[Answer, bytes]:
        """The holder's answer, read and checked as the asker does."""
        document, points = unpacked(self.evaluate(body or batch.body))
        answer = signing.opened(Type.ANSWER, document, Answer, self.holder_keys)
        assert answer.question == sha256(batch.document.encode()).hexdigest()
        assert answer.evaluated == sha256(points).hexdigest()
        public, proof = bytes.fromhex(batch.question.public), bytes.fromhex(answer.proof)
        voprf.verify(public, batch.blinded.points, points, proof)
        return answer, points

    def evaluate(self, body: bytes) -> bytes:
        return serving.evaluate(self.holder.office, self.holder.means, self.partner, body)

    def heads(self, batch: Batch) -> tokens.Numbers:
        answer, points = self.ask(batch)
        told = voprf.Evaluated(points, bytes.fromhex(answer.proof))
        public = bytes.fromhex(batch.question.public)
        return tokens.heads(b"".join(voprf.finalize(public, batch.inputs, batch.blinded, told)))

    def inputs(self, *subjects: AnySubject) -> list[bytes]:
        """What is asked for about these."""
        return [evaluated(self.holder.origin, key) for one in subjects for key in of_question(one)]

    def found(self, *subjects: AnySubject) -> list[bool]:
        """For each, whether any of its keys is in the holder's set, over the whole protocol."""
        held, answers = self.fetched(), []
        for one in subjects:
            (batch,) = self.batches(self.inputs(one))
            answers.append(bool(tokens.contains(held, self.heads(batch)).any()))
        return answers

    def receipt(self, batch: Batch) -> str:
        given = receipt_of(batch.question)
        return signing.signed(Type.RECEIPT, given, self.asker.means.own.document)

    def rows(self) -> tuple[int, int]:
        """How many sessions and batches the holder has kept."""

        def work(connection: Connection) -> tuple[int, int]:
            return tuple(len(connection.execute(select(each)).all()) for each in (SERVED, ANSWERED))  # type: ignore[return-value]

        return self.holder.office.read(work)

    def entries(self, what: str) -> list[Statement]:
        return [each for each in self.holder.said() if each.what == what]

    def forward(self, **by: float) -> None:
        self.pair.both(**by)


@contextmanager
def crosscheck(
    folder: Path,
    kind: str = "sqlite",
    rows: Sequence[Row] | None = None,
    agreed: Terms | None = None,
    *,
    made: bool = True,
) -> Iterator[Crosscheck]:
    """Two agencies that may cross-check; the holder's set is made, or still to be."""
    with two_offices(folder, kind, agreed or terms(), rows) as pair:
        try:
            both = Crosscheck(pair)
            if made:
                both.run()
            yield both
        finally:
            processes.stop(pair.asked.office)
            processes.stop(pair.asking.office)


def day(days: float) -> dt.timedelta:
    return dt.timedelta(days=days)
