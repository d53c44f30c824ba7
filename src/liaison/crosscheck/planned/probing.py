"""Holding planned actions against partners' sets: asked once in an epoch, looked up in every version of the set.

Every partner is looked at in the same rhythm, whether anything is planned or not, and every action is asked about in
POINTS points, whatever it is. The partner learns that an action was entered, by whose word and for which purpose; the
case stands under a name that only this node can resolve.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, insert, select, update

from liaison import policy
from liaison.crosscheck.asker import lines
from liaison.crosscheck.function import tokens, voprf
from liaison.crosscheck.function.tokens import OUTPUT, TokenSet
from liaison.crosscheck.messages import (
    Answer,
    Kind,
    Of,
    Published,
    Question,
    packed,
    parted,
    unpacked,
    whole_of,
)
from liaison.crosscheck.planned import actionkeys
from liaison.crosscheck.planned.actionkeys import POINTS, VERSION
from liaison.crosscheck.planned.actionlaw import agreed, still_lawful
from liaison.crosscheck.planned.actions import (
    WAKE,
    Content,
    ProbeState,
    content_of,
    end_and_forget,
    fresh_probe,
    planned,
)
from liaison.crosscheck.planned.actionset import keep_up
from liaison.crosscheck.planned.telling import OVERLAP, tell_changed, tell_overlap, warn
from liaison.crosscheck.recording import record
from liaison.model.canonical import decoder, encode
from liaison.model.errors import BadInput, DamagedSet, LiaisonError, OtherNormaliser, WrongEpoch, WrongKey
from liaison.model.structs import Value
from liaison.office import Office, new_id
from liaison.partners.directory import Partner
from liaison.ports import KeyId
from liaison.screening.seals import digest, seals
from liaison.storage.sealing import seal, unseal
from liaison.storage.tables.deconfliction import ACTIONS, PROBES, QUESTIONS
from liaison.supply import signing
from liaison.supply.signing import Type
from liaison.transport.calls import code_of
from liaison.transport.channel import Unreachable
from liaison.transport.means import Means

WHAT_ASKED = "action-asked"
EVERY = 600.0  # seconds between two looks, unless a letter arrives or an action is entered
WAKES = frozenset({WAKE, OVERLAP})  # kinds of letters after which there is something to look at
AGAIN = timedelta(hours=1)  # after a refusal
FRESH = timedelta(minutes=4)  # for which a question may be sent again
LARGEST = 4 << 20  # bytes of a set of actions
UNREACHABLE, NOT_LAWFUL = "unreachable", "not-lawful"


class Asked(Value, frozen=True, kw_only=True):
    """What stands sealed of a question: what it was about, and the seed of its blinds."""

    content: Content
    starts: datetime
    ends: datetime


ASKED = decoder(Asked)

Ask = Callable[[str, str, str, bytes], bytes]  # origin, method, path, body -> answer


@dataclass(frozen=True, slots=True)
class Look:
    """One look at one partner: what it signed of its set, and the set, once it is needed."""

    office: Office
    means: Means
    partner: Partner
    ask: Ask
    published: Published
    fetched: list[TokenSet]

    def call(self, method: str, path: str, body: bytes = b"") -> bytes:
        """What the partner answers."""
        return self.ask(self.partner.origin, method, path, body)

    def set(self) -> TokenSet:
        """The partner's set, fetched whole. Raises DamagedSet, BadInput, Unreachable."""
        if not self.fetched:
            told = self.published
            count = len(told.digests)
            if told.count * told.width > 8 * LARGEST:
                raise DamagedSet("a set of actions is not as large as that")
            body = self.call("GET", f"/crosscheck/shards/{told.epoch}/{told.version}/0-{count - 1}")
            self.fetched.append(tokens.opened(told.outline, parted(body, count)))
        return self.fetched[0]


def run(office: Office, means: Means, ask: Ask | None = None) -> int:
    """One round for the node's background: own sets are brought up to date, every partner's is looked into; how many
    partners were reached. `ask` is the way to partners, where it is not the ordinary one."""

    def tell(connection: Connection, partner: Partner, epoch: str) -> None:
        tell_changed(office, connection, means, partner, epoch)

    def ordinary(origin: str, method: str, path: str, body: bytes) -> bytes:
        return lines.line(office, means, origin).ask(method, path, body)

    end_and_forget(office)
    keep_up(office, means, tell)
    partners = office.read(lambda connection: agreed(connection, office.now()))
    return sum(_reached(office, means, each, ask or ordinary) for each in partners)


def case_name(office: Office, partner: str, case: str) -> str:
    """What a partner is told of a case: the same each time, and nothing that it can resolve."""
    return "case-" + digest(seals(office).digest_key(office), f"deconfliction {partner} {case}".encode())[:16]


def points_of(partner: str, asked: Asked, session: str) -> tuple[list[bytes], voprf.Blinded, int]:
    """What is asked of a partner: every input, the blinded points, and how many inputs are keys."""
    keys = actionkeys.of_action(asked.content.thing, asked.starts, asked.ends)
    seed = voprf.batch_seed(bytes.fromhex(asked.content.seed), session, 1)
    every = actionkeys.filled(actionkeys.evaluated(partner, keys), seed)
    return every, voprf.blind(every, seed), len(keys)


def question_about(session: str) -> str:
    """What the seal of a question is bound to."""
    return f"deconfliction_questions:{session}"


def about(action: str, partner: str) -> str:
    """What the seal of outputs is bound to."""
    return f"deconfliction_probes:{action}:{partner}"


def _reached(office: Office, means: Means, partner: Partner, ask: Ask) -> bool:
    """Look into one partner's set for every action; what one of them says holds up no other."""
    rows = office.read(planned)
    try:
        look = Look(office, means, partner, ask, _published(office, partner, ask), [])
    except LiaisonError as error:
        for row in rows:
            _waits(office, row, partner, _code(error))
        return False
    for row in rows:
        try:
            _look_at(look, row)
        except Unreachable as error:
            _waits(office, row, partner, _code(error))
            return False
        except LiaisonError as error:
            _refused(office, row, partner, _code(error))
    return True


def _published(office: Office, partner: Partner, ask: Ask) -> Published:
    """What the partner signed of its set for us. Raises BadInput, BadNote, OtherNormaliser, WrongEpoch, Unreachable."""
    text = ask(partner.origin, "GET", "/crosscheck/set/actions", b"").decode("ascii", "replace")
    told = signing.opened(Type.TOKEN_SET, text, Published, signing.keys_of(partner.cards))
    if told.holder != partner.origin or told.of is not Of.ACTIONS:
        raise BadInput("that is another set than the one that was asked for", field="holder")
    if told.normaliser != VERSION:
        raise OtherNormaliser(f"the partner's keys are made by {told.normaliser}, ours by {VERSION}")
    if not told.begun <= office.now() < told.ends:
        raise WrongEpoch("the time of the partner's key is over or has not come")
    return told


def _look_at(look: Look, row: Row[Any]) -> None:
    """Ask about an action where it was not yet, and look it up where the set is another than the last time."""
    office, partner, told = look.office, look.partner, look.published
    context = office.read(lambda connection: still_lawful(office, connection, row, partner))
    probe = _probe(office, row, partner, lawful=context is not None)
    if context is None:
        _mark(office, row, partner, state=ProbeState.REFUSED.value, code=NOT_LAWFUL, at=office.now())
        return
    held = probe.code and probe.code != NOT_LAWFUL and probe.at and office.now() < probe.at + AGAIN
    if probe.state == ProbeState.REFUSED.value and held:
        return
    if probe.epoch == told.epoch and probe.public not in ("", told.public):
        raise WrongKey("the partner shows another key for one epoch")
    asked = probe.sealed is not None and (probe.epoch, probe.revision) == (told.epoch, row.revision)
    if asked and probe.version == told.version:
        _mark(office, row, partner, code="", at=office.now())
        return
    outputs = _outputs(office, row, partner, probe) if asked else _asked(look, row, probe, context)
    _compared(look, row, outputs)


def _asked(look: Look, row: Row[Any], probe: Row[Any], context: policy.Context) -> list[bytes]:
    """Have the keys of an action evaluated: what is asked is in the ledger before it is sent. The whole outputs."""
    office, partner, told = look.office, look.partner, look.published
    asked = Asked(content=content_of(office, row), starts=row.starts, ends=row.ends)
    text, session = _same_question(office, row, probe, told) or ("", new_id("probe"))
    every, blinded, count = points_of(partner.origin, asked, session)
    if not text:
        text = _question(look, row, context, session, blinded.points)
    answer, evaluated = _answered(look, text, session, blinded.points)
    whole = voprf.Evaluated(evaluated, bytes.fromhex(answer[1].proof))
    outputs = voprf.finalize(bytes.fromhex(told.public), every, blinded, whole)[:count]
    key = office.keys.fetch([KeyId(row.key)])[0]
    sealed = seal(key, b"".join(outputs), about(row.id, partner.origin))
    _mark(office, row, partner, answer=answer[0], sealed=sealed, code="", at=office.now())
    return outputs


def _same_question(office: Office, row: Row[Any], probe: Row[Any], told: Published) -> tuple[str, str] | None:
    """The question that was recorded and not answered, and its session, where it can still be sent."""
    if probe.state != ProbeState.ASKED.value or (probe.epoch, probe.revision) != (told.epoch, row.revision):
        return None
    if probe.at is None or office.now() - probe.at > FRESH:
        return None
    return probe.question, probe.session


def _question(look: Look, row: Row[Any], context: policy.Context, session: str, points: bytes) -> str:
    """The signed question, once the ledger says that it is asked."""
    office, means, partner, told = look.office, look.means, look.partner, look.published
    grounds = context.grounds
    if grounds is None:
        raise BadInput("an action rests on grounds", field="grounds")
    digest_of = sha256(points).hexdigest()
    whole, now = whole_of([digest_of]), office.now()
    question = Question(
        federation=means.federation,
        asker=means.origin,
        holder=partner.origin,
        session=session,
        kind=Kind.CHECK,
        of=Of.ACTIONS,
        batch=1,
        batches=1,
        points=POINTS,
        all_points=POINTS,
        subjects=1,
        digest=digest_of,
        whole=whole,
        epoch=told.epoch,
        public=told.public,
        normaliser=VERSION,
        officer=row.person,
        reference=case_name(office, partner.origin, row.case_id),
        purpose=grounds.purpose,
        offence=grounds.offence,
        basis=grounds.basis,
        made=now,
    )
    text = signing.signed(Type.QUESTION, question, means.own.document)

    key = office.keys.fetch([KeyId(row.key)])[0]
    asked = Asked(content=content_of(office, row), starts=row.starts, ends=row.ends)

    def work(connection: Connection) -> None:
        detail = {"points": str(POINTS), "epoch": told.epoch, "session": session}
        objects = (row.id, partner.id)
        entry = record(
            office, connection, WHAT_ASKED, row.person, digest=whole, objects=objects, detail=detail
        )
        values = {"state": ProbeState.ASKED.value, "code": "", "revision": row.revision, "at": now}
        values |= {"epoch": told.epoch, "public": told.public, "version": 0, "session": session}
        values |= {"question": text, "answer": "", "sealed": None}
        connection.execute(update(PROBES).where(_here(row, partner)).values(**values))
        kept = {"session": session, "action": row.id, "partner": partner.origin, "whole": whole, "at": now}
        sealed = seal(key, encode(asked), question_about(session))
        connection.execute(insert(QUESTIONS).values(**kept, entry=entry, sealed=sealed))

    office.write(work)
    return text


def _answered(look: Look, text: str, session: str, points: bytes) -> tuple[tuple[str, Answer], bytes]:
    """The partner's signed answer, as text and as value, and the evaluated points that it is of.

    Raises BadInput, BadNote, Unreachable, Refused.
    """
    document, evaluated = unpacked(look.call("POST", "/crosscheck/evaluate", packed(text, points)))
    answer = signing.opened(Type.ANSWER, document, Answer, signing.keys_of(look.partner.cards))
    told = (answer.holder, answer.session, answer.batch, answer.epoch, answer.question)
    wanted = (look.partner.origin, session, 1, look.published.epoch, sha256(text.encode()).hexdigest())
    if told != wanted or sha256(evaluated).hexdigest() != answer.evaluated:
        raise BadInput("the answer is to another question", field="question")
    return (document, answer), evaluated


def _outputs(office: Office, row: Row[Any], partner: Partner, probe: Row[Any]) -> list[bytes]:
    """The whole outputs that were kept."""
    key = office.keys.fetch([KeyId(row.key)])[0]
    opened = unseal(key, probe.sealed, about(row.id, partner.origin))
    return [opened[place : place + OUTPUT] for place in range(0, len(opened), OUTPUT)]


def _compared(look: Look, row: Row[Any], outputs: list[bytes]) -> None:
    """Look an action up; where it overlaps, warn here and tell the partner, in one transaction."""
    office, means, partner, told = look.office, look.means, look.partner, look.published
    found = tokens.contains(look.set(), tokens.heads(b"".join(outputs)))
    shared = [outputs[place] for place in np.flatnonzero(found)]
    state = ProbeState.OVERLAP if shared else ProbeState.CLEAR

    def work(connection: Connection) -> None:
        now_row = connection.execute(select(ACTIONS).where(ACTIONS.c.id == row.id)).one()
        if (now_row.state, now_row.revision) != (row.state, row.revision):
            return  # it was cancelled or changed meanwhile
        values = {"state": state.value, "code": "", "version": told.version, "at": office.now()}
        connection.execute(update(PROBES).where(_here(row, partner)).values(**values))
        probe = connection.execute(select(PROBES).where(_here(row, partner))).one()
        if shared and warn(office, connection, row, partner):
            # one output alone, and always the same: more of them would say how long our action is
            tell_overlap(office, connection, means, partner, probe, min(shared))

    office.write(work)


def _probe(office: Office, row: Row[Any], partner: Partner, *, lawful: bool) -> Row[Any]:
    """What is known of an action at a partner; a partner who agreed since it was entered is asked too."""

    def work(connection: Connection) -> Row[Any]:
        query = select(PROBES).where(_here(row, partner))
        if connection.execute(query).first() is None:
            made = fresh_probe(row.id, partner.origin, row.revision, lawful=lawful)
            connection.execute(insert(PROBES).values(made))
        return connection.execute(query).one()

    return office.write(work)


def _waits(office: Office, row: Row[Any], partner: Partner, code: str) -> None:
    """Say why nothing is known yet; what was found before stays."""
    _mark(office, row, partner, code=code)


def _refused(office: Office, row: Row[Any], partner: Partner, code: str) -> None:
    """The partner did not answer about it: what was found before stays, and says since when it is old."""
    found = PROBES.c.state.in_([ProbeState.CLEAR.value, ProbeState.OVERLAP.value])
    found &= PROBES.c.revision == row.revision

    def work(connection: Connection) -> None:
        here = update(PROBES).where(_here(row, partner))
        connection.execute(here.where(found).values(code=code))
        values = {"state": ProbeState.REFUSED.value, "code": code, "at": office.now()}
        connection.execute(here.where(~found).values(**values))

    office.write(work)


def _mark(office: Office, row: Row[Any], partner: Partner, **values: Any) -> None:
    office.write(
        lambda connection: connection.execute(update(PROBES).where(_here(row, partner)).values(**values))
    )


def _here(row: Row[Any], partner: Partner) -> Any:
    return (PROBES.c.action == row.id) & (PROBES.c.partner == partner.origin)


def _code(error: LiaisonError) -> str:
    """Why a partner did not answer, as a word."""
    if isinstance(error, lines.Refused):
        return error.code
    return UNREACHABLE if isinstance(error, Unreachable) else code_of(error)
