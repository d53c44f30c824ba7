"""A supervisor opens a session again: what was asked is worked out anew from seed and subjects, and compared.

Every point has to come of a subject or of the padding. What it is compared with are the ledger's entry from before the
first batch left, the questions as they were signed, and the receipt that the partner signed.
"""

from __future__ import annotations

import datetime as dt
import random
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from liaison import policy
from liaison.crosscheck.asker import looking, opening
from liaison.crosscheck.asker.access import legs_of, load_for_audit
from liaison.crosscheck.asker.asked import Secrets, entries, secrets_of, subjects_of
from liaison.crosscheck.asker.looking import Inputs
from liaison.crosscheck.function import voprf
from liaison.crosscheck.messages import Question, Receipt, whole_of
from liaison.crosscheck.recording import record
from liaison.ledger.statements import Statement
from liaison.model import canonical
from liaison.model.errors import BadInput, BadNote, Conflict, Erased, NotFound
from liaison.model.subjects import AnySubject
from liaison.office import Office, new_id
from liaison.partners import directory
from liaison.partners.cards import Card
from liaison.storage.tables.crosscheck import BATCHES, REOPENED
from liaison.storage.tables.partners import OWN_CARDS
from liaison.supply import signing
from liaison.supply.signing import Type

WHAT, GIVEN = "crosscheck-reopened", "crosscheck-opening-given"


@dataclass(frozen=True, slots=True)
class LegReopened:
    """A session at one partner, opened again. `checked` batches were blinded anew, with `opened` of the `points` that
    were asked; `explained` are those of them that a subject or the padding explains. `unexplained` points are of
    batches that do not come of the subjects, opened or not. `faults` in words.
    """

    partner: str
    session: str
    points: int
    batches: int
    checked: int
    opened: int
    explained: int
    padding: int
    unexplained: int
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reopened:
    """A session, opened again. `subjects`: by number, how many points each explains at a partner: at each as many."""

    id: str
    session: str
    at: dt.datetime
    agrees: bool
    legs: tuple[LegReopened, ...]
    subjects: Mapping[int, int]
    entry: int

    @property
    def unexplained(self) -> int:
        """Points that nothing explains."""
        return sum(leg.unexplained for leg in self.legs)


@dataclass(frozen=True, slots=True)
class _Leg:
    """A leg as it stands: its batches, and the entry of the ledger that committed to it."""

    row: Row[Any]
    batches: list[Row[Any]]
    stated: Statement | None
    keys: Mapping[str, Any]  # the partner's document keys


@dataclass(frozen=True, slots=True)
class _Held:
    """Everything of a session that it is opened again from."""

    row: Row[Any]
    legs: list[_Leg]
    subjects: dict[int, AnySubject]
    secrets: Secrets
    own: Mapping[str, Any]


def reopen(office: Office, actor: policy.Actor, session: str, share: float = 1.0) -> Reopened:
    """Open a session again; a share of its batches, drawn by lot, is blinded anew. The look is in the ledger.

    Raises NotFound for whoever may not, BadInput for a share that is none, Conflict where nothing was asked yet, Erased
    where whom it was about is forgotten.
    """
    if not 0 < share <= 1:
        raise BadInput("a share is more than 0 and at most 1", field="share")
    held = _held(office, actor, session)
    chance = random.Random(secrets.token_bytes(32))
    legs, points = [], dict.fromkeys(held.subjects, 0)
    for leg in held.legs:
        asked = looking.inputs_of(leg.row.partner, held.subjects, held.secrets.seed, leg.row.id)
        legs.append(_reopened(held, leg, asked, share, chance))
        points = {number: len(asked.owners[number]) for number in points}
    agrees = not any(leg.faults or leg.unexplained for leg in legs)
    name, now, outcome = new_id("reopened"), office.now(), "agrees" if agrees else "differs"

    def work(connection: Connection) -> int:
        load_for_audit(office, connection, actor, session)
        detail = {
            "points": str(sum(leg.points for leg in legs)),
            "unexplained": str(sum(leg.unexplained for leg in legs)),
            "opened": str(sum(leg.opened for leg in legs)),
            "batches": f"{sum(leg.checked for leg in legs)}/{sum(leg.batches for leg in legs)}",
        }
        objects = (session, name)
        entry = record(
            office,
            connection,
            WHAT,
            actor.person,
            objects=objects,
            case=held.row.case_id,
            outcome=outcome,
            detail=detail,
        )
        row = {"id": name, "session": session, "person": actor.person, "at": now, "outcome": outcome}
        row |= {"points": sum(leg.points for leg in legs), "entry": entry}
        connection.execute(insert(REOPENED).values(row))
        return entry

    return Reopened(name, session, now, agrees, tuple(legs), points, office.write(work))


def opening_file(office: Office, actor: policy.Actor, session: str) -> bytes:
    """A session as a file for an independent authority (see `opening`). That it was given is in the ledger first.

    Raises as `reopen`.
    """
    held = _held(office, actor, session)
    legs = [_leg_file(held, leg) for leg in held.legs]
    used = {signing.signer(Type.QUESTION, batch.question) for leg in legs for batch in leg.batches}
    keys = {name: key.public_bytes_raw().hex() for name, key in held.own.items() if name in used}
    asker = signing.told(legs[0].batches[0].question, Question).asker
    given = opening.Opening(form=opening.FORM, asker=asker, session=session, keys=keys, legs=tuple(legs))
    content = canonical.encode(given)

    def work(connection: Connection) -> None:
        load_for_audit(office, connection, actor, session)
        detail = {"sha256": sha256(content).hexdigest()}
        objects, case = (session,), held.row.case_id
        record(office, connection, GIVEN, actor.person, objects=objects, case=case, detail=detail)

    office.write(work)
    return content


def _leg_file(held: _Held, leg: _Leg) -> opening.Leg:
    asked = looking.inputs_of(leg.row.partner, held.subjects, held.secrets.seed, leg.row.id)
    parts = looking.cut(asked.inputs)
    batches = tuple(
        opening.Batch(
            seed=voprf.batch_seed(held.secrets.seed, leg.row.id, row.number).hex(),
            inputs=tuple(each.hex() for each in part),
            question=row.question,
        )
        for row, part in zip(leg.batches, parts, strict=False)
    )
    both = (leg.row.ours, leg.row.theirs)
    return opening.Leg(
        partner=leg.row.partner,
        session=leg.row.id,
        whole=leg.row.whole,
        entry=leg.row.entry,
        batches=batches,
        receipts=tuple(each for each in both if each),
    )


def _held(office: Office, actor: policy.Actor, session: str) -> _Held:
    def look(connection: Connection) -> _Held:
        row = load_for_audit(office, connection, actor, session)
        given = secrets_of(office, row)
        subjects = subjects_of(entries(connection, given.key, session))
        legs = [_leg(office, connection, leg) for leg in legs_of(connection, session)]
        asked = [leg for leg in legs if any(batch.question for batch in leg.batches)]
        if not asked:
            raise Conflict("nothing was asked yet", hint="open it again once a partner was asked")
        return _Held(row, asked, subjects, given, _own_keys(connection))

    return office.read(look)


def _leg(office: Office, connection: Connection, row: Row[Any]) -> _Leg:
    query = select(BATCHES).where(BATCHES.c.leg == row.id).order_by(BATCHES.c.number)
    stated = None
    if row.entry is not None:
        try:
            stated = office.log.statement(connection, row.entry)
        except (Erased, NotFound):
            stated = None
    partner = directory.partner(connection, row.partner)
    cards = [each.card for each in partner.generations]
    return _Leg(row, list(connection.execute(query)), stated, signing.keys_of(cards))


def _own_keys(connection: Connection) -> Mapping[str, Any]:
    contents = connection.execute(select(OWN_CARDS.c.content)).scalars()
    return signing.keys_of(canonical.decode(bytes(content), Card) for content in contents)


def _reopened(held: _Held, leg: _Leg, asked: Inputs, share: float, chance: random.Random) -> LegReopened:
    parts = looking.cut(asked.inputs)
    count = max(1, round(share * len(leg.batches)))
    drawn = {row.number for row in chance.sample(leg.batches, min(count, len(leg.batches)))}
    faults = _faults(held, leg)
    opened = explained = unexplained = 0
    for row in leg.batches:
        fits = row.number <= len(parts) and row.points == len(parts[row.number - 1])
        lot = row.number in drawn
        if fits and lot:
            seed = voprf.batch_seed(held.secrets.seed, leg.row.id, row.number)
            blinded = voprf.blind(parts[row.number - 1], seed)
            fits = sha256(blinded.points).hexdigest() == row.digest
        opened, explained = opened + row.points * lot, explained + row.points * (fits and lot)
        unexplained += row.points * (not fits)
        if not fits:
            faults.append(f"batch {row.number}: its points do not come of the subjects")
    if len(parts) > len(leg.batches):
        faults.append(f"{len(parts)} batches come of the subjects, and {len(leg.batches)} were asked")
    return LegReopened(
        leg.row.partner,
        leg.row.id,
        sum(row.points for row in leg.batches),
        len(leg.batches),
        len(drawn),
        opened,
        explained,
        asked.padding,
        unexplained,
        tuple(faults),
    )


def _faults(held: _Held, leg: _Leg) -> list[str]:
    """What does not agree among the ledger, the questions, the receipts and the rows."""
    faults = []
    if leg.stated is None:
        faults.append("the ledger's entry is no longer kept")
    elif leg.stated.digest != leg.row.whole or leg.row.id not in leg.stated.objects:
        faults.append("the ledger committed to other batches")
    if whole_of(row.digest for row in leg.batches) != leg.row.whole:
        faults.append("the batches are not those that were committed to")
    for row in leg.batches:
        if row.question and not _asked_as_it_stands(held, leg, row):
            faults.append(f"batch {row.number}: its question says otherwise")
    for text, keys, whose in ((leg.row.ours, held.own, "our"), (leg.row.theirs, leg.keys, "the partner's")):
        if text and not _receipted_as_it_stands(leg, text, keys):
            faults.append(f"{whose} receipt says otherwise")
    return faults


def _asked_as_it_stands(held: _Held, leg: _Leg, row: Row[Any]) -> bool:
    try:
        question = signing.opened(Type.QUESTION, row.question, Question, held.own)
    except (BadInput, BadNote):
        return False
    told = (
        question.holder,
        question.session,
        question.batch,
        question.points,
        question.digest,
        question.whole,
    )
    return told == (leg.row.partner, leg.row.id, row.number, row.points, row.digest, leg.row.whole)


def _receipted_as_it_stands(leg: _Leg, text: str, keys: Mapping[str, Any]) -> bool:
    try:
        receipt = signing.opened(Type.RECEIPT, text, Receipt, keys)
    except (BadInput, BadNote):
        return False
    told = (receipt.holder, receipt.session, receipt.points, receipt.batches, receipt.whole)
    return told == (leg.row.partner, leg.row.id, leg.row.points, leg.row.batches, leg.row.whole)


def reopenings(office: Office, actor: policy.Actor, session: str) -> list[Row[Any]]:
    """Who opened a session again, when, and what came of it, newest first. Raises NotFound."""

    def work(connection: Connection) -> list[Row[Any]]:
        load_for_audit(office, connection, actor, session)
        query = select(REOPENED).where(REOPENED.c.session == session)
        return list(connection.execute(query.order_by(REOPENED.c.at.desc(), REOPENED.c.id)))

    return office.read(work)
