"""Deconfliction against what lies, breaks, asks too much or was never agreed; and how it is audited."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import Connection, select, update

from liaison.crosscheck.holder import epochs, making
from liaison.crosscheck.messages import Of, Published, Question, unpacked
from liaison.crosscheck.planned import actions, actionset, probing, reopening, telling
from liaison.crosscheck.planned.actionkeys import POINTS, evaluated, of_action
from liaison.crosscheck.planned.actions import ProbeState
from liaison.crosscheck.planned.telling import Overlap
from liaison.model.canonical import encode
from liaison.model.errors import BadInput, Conflict, NotFound, NotLawful
from liaison.model.grounds import Purpose
from liaison.node.sealed import open_all
from liaison.partners.agreement import Comparison
from liaison.screening.case_rules import Part
from liaison.screening.cases import add_member, open_case, remove_member
from liaison.screening.grounds import give_grounds
from liaison.storage.sealing import seal, unseal
from liaison.storage.tables.crosscheck import EPOCHS
from liaison.storage.tables.deconfliction import ACTIONS, BLOCKS, PROBES, QUESTIONS
from liaison.supply import signing
from liaison.transport import outbox
from tests.crosscheck.planned.meeting import (
    AGREED,
    CAR,
    DAY,
    HOUR,
    HOUSE,
    Two,
    plan,
    planned,
    state,
    two,
    warned,
)
from tests.node_fixtures import START
from tests.screening.node import WHY, actor, enter
from tests.two_offices import DESK, HEAD, INVESTIGATOR, TERMS


def test_others_find_no_action_and_no_warning(both: Two) -> None:
    first = planned(both.ours, CAR)
    planned(both.theirs, CAR)
    both.round()
    stranger = actor("stranger")
    enter(both.ours.office, stranger)
    (warning,) = actions.warnings_of(both.ours.office, INVESTIGATOR)
    for attempt in (
        lambda: actions.action_of(both.ours.office, stranger, first),
        lambda: actions.cancel(both.ours.office, both.ours.means, stranger, first),
        lambda: actions.change(both.ours.office, both.ours.means, stranger, first, plan(both.ours)),
        lambda: actions.acknowledge(both.ours.office, stranger, warning.id),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert actions.actions_of(both.ours.office, stranger) == []
    assert actions.warnings_of(both.ours.office, stranger) == []


def test_a_claim_is_of_no_use_once_the_action_is_cancelled(both: Two) -> None:
    first = planned(both.ours, CAR)
    second = planned(both.theirs, CAR)
    both.round(both.ours)
    probing.run(both.theirs.office, both.theirs.means, both.back)  # warned, and the letter waits
    actions.cancel(both.ours.office, both.ours.means, INVESTIGATOR, first)
    both.pair.carry()
    assert both.pair.refused == ["claim"]
    assert warned(both.ours) == []
    assert warned(both.theirs) == [second]
    refused = [each for each in both.ours.said() if each.what == "letter-refused"]
    assert [each.outcome for each in refused] == ["claim"]


@pytest.mark.parametrize("made_of", ["beginning", "chance", "own key"])
def test_a_false_claim_is_refused_and_in_the_ledger(both: Two, made_of: str) -> None:
    first = planned(both.ours, CAR)
    both.round()
    ours, theirs = both.ours.office, both.theirs.office
    epoch = ours.read(lambda c: c.execute(select(EPOCHS)).one())
    block = ours.read(lambda c: c.execute(select(BLOCKS).where(BLOCKS.c.action == first)).one())
    key = ours.keys.fetch([epoch.key])[0]
    output = unseal(key, block.sealed, actionset.about(block.id))[32 : 32 + 64]
    if made_of == "beginning":  # what the set shows of a true output, and nothing more
        output = output[:8] + bytes(56)
    elif made_of == "chance":
        output = b"\x07" * 64
    else:  # the right input under the claimant's own key
        row = ours.read(lambda c: c.execute(select(ACTIONS)).one())
        keys = of_action(CAR, row.starts, row.ends)
        (held,) = theirs.read(lambda c: epochs.epochs(c))
        process = making.process_of(theirs, both.theirs.means, held)
        output = actionset.outputs_of(process, evaluated(both.ours.origin, keys[:1]))
    claim = outbox.Outgoing(
        both.ours.origin, telling.OVERLAP, "probe-x", Overlap(epoch=epoch.id, output=output.hex())
    )
    theirs.write(lambda c: outbox.post(theirs, c, both.theirs.means, claim))
    both.pair.carry()
    assert both.pair.refused == ["claim"]
    assert warned(both.ours) == []
    assert [each.outcome for each in both.ours.said() if each.what == "letter-refused"] == ["claim"]


def test_what_is_asked_is_in_the_ledger_before_it_leaves(both: Two) -> None:
    planned(both.ours, CAR)
    seen: list[int] = []
    ask = both.there.__call__

    def spying(origin: str, method: str, path: str, body: bytes) -> bytes:
        if path.endswith("/evaluate"):
            seen.append(both.ours.verbs().count("action-asked"))
            told = signing.told(unpacked(body)[0], Question)
            (entry,) = [each for each in both.ours.said() if each.what == "action-asked"]
            assert entry.digest == told.whole
        return ask(origin, method, path, body)

    probing.run(both.ours.office, both.ours.means, spying)
    assert seen == [1]


def test_a_set_says_little_of_how_much_is_planned(both: Two) -> None:
    """Every block has as many tokens, and blocks of chance come and go without any action."""

    def outline() -> Published:
        text = both.there(both.theirs.origin, "GET", "/crosscheck/set/actions", b"").decode()
        return signing.told(text, Published)

    empty = outline()
    assert empty.of is Of.ACTIONS
    assert empty.count % POINTS == 0
    assert empty.count >= 2 * POINTS
    planned(both.theirs, CAR, ends=both.theirs.office.now() + 2 * DAY + HOUR)
    both.round(both.theirs)
    short = outline()
    planned(both.theirs, HOUSE, ends=both.theirs.office.now() + 14 * DAY)
    both.round(both.theirs)
    assert {(each.count - empty.count) % POINTS for each in (short, outline())} == {0}
    before = both.theirs.office.read(lambda c: len(c.execute(select(BLOCKS)).all()))
    versions = {outline().version}
    for _ in range(20):
        both.pair.both(hours=8)
        both.round(both.theirs)
        versions.add(outline().version)
    assert len(versions) > 3
    assert before


def test_refused_without_agreement_purpose_or_role(tmp_path: Path) -> None:
    with two(tmp_path, terms=TERMS) as both:
        with pytest.raises(Conflict):
            planned(both.ours)
        assert "action-planned" not in both.ours.verbs()


def test_refused_for_an_offence_that_no_agreement_names(both: Two) -> None:
    ours = both.ours
    case = open_case(ours.office, INVESTIGATOR, reference="2026/9", title="Another", offence="arson")
    grounds = give_grounds(
        ours.office, INVESTIGATOR, case.id, purpose=Purpose.INVESTIGATION, basis="task", justification=WHY
    )
    with pytest.raises(NotLawful):
        planned(ours, grounds=grounds)
    assert "refused" in ours.verbs()
    with pytest.raises(NotFound):
        actions.enter(ours.office, ours.means, DESK, plan(ours))


@pytest.mark.parametrize(
    "changed",
    [
        {"starts": START - 2 * DAY, "ends": START - DAY},
        {"starts": START, "ends": START + 15 * DAY},
        {"starts": START + 400 * DAY, "ends": START + 401 * DAY},
        {"note": "x" * 5000},
    ],
)
def test_refused_plans(both: Two, changed: dict[str, object]) -> None:
    with pytest.raises(BadInput) as caught:
        planned(both.ours, HOUSE, **changed)
    assert caught.value.field
    assert both.ours.office.read(lambda c: c.execute(select(ACTIONS)).all()) == []


@pytest.mark.parametrize("what", ["other key", "other points", "damaged set"])
def test_what_is_not_as_it_should_be_warns_nobody(both: Two, what: str) -> None:
    first = planned(both.ours, CAR)
    planned(both.theirs, CAR)

    def changed(path: str, answer: bytes) -> bytes:
        if what == "damaged set" and "/shards/" in path:
            return answer[:-1] + bytes([answer[-1] ^ 1])
        if what == "other points" and path.endswith("/evaluate"):
            return answer[:-32] + answer[-64:-32]
        if what == "other key" and path.endswith("/set/actions"):
            told = signing.told(answer.decode(), Published)
            other = msgspec.structs.replace(told, public=both.ours.office.read(_public))
            return signing.signed(signing.Type.TOKEN_SET, other, both.theirs.means.own.document).encode()
        return answer

    both.there.changed = changed
    both.back.down = True
    probing.run(both.ours.office, both.ours.means, both.there)
    assert warned(both.ours) == []
    expected = {"other key": "wrong-key", "other points": "bad-input", "damaged set": "damaged-set"}
    assert state(both.ours, first) == ("refused", expected[what])


def _public(connection: Connection) -> str:
    return str(connection.execute(select(EPOCHS.c.public)).scalar())


def test_over_quota_is_said_and_tried_again_later(tmp_path: Path) -> None:
    few = replace(AGREED, crosscheck=Comparison(points=POINTS, case_points=POINTS))
    with two(tmp_path, terms=few) as both:
        both.begin()
        planned(both.ours, CAR)
        second = planned(both.ours, HOUSE)
        both.round()
        states = sorted(state(both.ours, each)[1] for each in (second, *_others(both, second)))
        assert states == ["", "over-quota"]
        assert "crosscheck-refused" in both.theirs.verbs()
        before = both.theirs.verbs().count("crosscheck-refused")
        both.round()
        assert both.theirs.verbs().count("crosscheck-refused") == before


def _others(both: Two, action: str) -> list[str]:
    return [each.id for each in actions.actions_of(both.ours.office, INVESTIGATOR) if each.id != action]


def test_every_sealed_piece_opens(both: Two) -> None:
    planned(both.ours, CAR)
    planned(both.theirs, CAR)
    both.round()
    for agency in (both.ours, both.theirs):
        found = agency.office.read(lambda c, agency=agency: open_all(c, agency.office.keys))  # type: ignore[misc]
        assert found.fault == ""
        assert found.opened
    rows = both.ours.office.read(lambda c: c.execute(select(PROBES)).all())
    assert rows
    assert ProbeState.OVERLAP.value in {row.state for row in rows}


def test_a_supervisor_opens_every_question_again_also_after_a_change(both: Two) -> None:
    ours = both.ours
    first = planned(ours, CAR)
    both.round()
    actions.change(ours.office, ours.means, INVESTIGATOR, first, plan(ours, HOUSE))
    both.round()
    actions.cancel(ours.office, ours.means, INVESTIGATOR, first)
    opened = reopening.reopen(ours.office, HEAD, first)
    assert [(each.thing, each.agrees) for each in opened] == [(CAR, True), (HOUSE, True)]
    with pytest.raises(NotLawful):
        reopening.reopen(ours.office, INVESTIGATOR, first)
    with pytest.raises(NotFound):
        reopening.reopen(ours.office, HEAD, "action-none")
    assert ours.said()[-1].what == reopening.WHAT
    assert ours.said()[-1].outcome == "agrees"


def test_points_of_something_else_than_was_planned_are_found_out(both: Two) -> None:
    """A node that asks about a house and says that it was a car."""
    ours = both.ours
    first = planned(ours, HOUSE)
    both.round()
    row = ours.office.read(lambda c: c.execute(select(QUESTIONS)).one())
    key = ours.office.keys.fetch([ours.office.read(lambda c: c.execute(select(ACTIONS.c.key)).scalar_one())])[
        0
    ]
    about = probing.question_about(row.session)
    told = probing.ASKED.decode(unseal(key, row.sealed, about))
    lie = msgspec.structs.replace(told, content=msgspec.structs.replace(told.content, thing=CAR))
    sealed = seal(key, encode(lie), about)
    ours.office.write(lambda c: c.execute(update(QUESTIONS).values(sealed=sealed)))
    (opened,) = reopening.reopen(ours.office, HEAD, first)
    assert not opened.agrees
    assert ours.said()[-1].outcome == "differs"


def test_nothing_is_asked_on_the_word_of_an_officer_who_left_the_case(both: Two) -> None:
    ours = both.ours
    both.there.down = both.back.down = True
    planned(ours, CAR)
    add_member(ours.office, INVESTIGATOR, ours.case, DESK.person, Part.LEAD)
    remove_member(ours.office, DESK, ours.case, INVESTIGATOR.person)
    both.there.down = both.back.down = False
    both.round()
    probe = ours.office.read(lambda c: c.execute(select(PROBES)).one())
    assert (probe.state, probe.code) == ("refused", "not-lawful")
    assert "action-asked" not in ours.verbs()
    assert not ours.office.read(lambda c: c.execute(select(BLOCKS).where(BLOCKS.c.action != "")).all())


def test_another_key_in_one_epoch_is_seen_here(both: Two) -> None:
    first = planned(both.ours, CAR)
    both.round()

    def changed(path: str, answer: bytes) -> bytes:
        if not path.endswith("/set/actions"):
            return answer
        told = signing.told(answer.decode(), Published)
        other = msgspec.structs.replace(told, public=both.ours.office.read(_public))
        return signing.signed(signing.Type.TOKEN_SET, other, both.theirs.means.own.document).encode()

    both.there.changed = changed
    probing.run(both.ours.office, both.ours.means, both.there)
    assert state(both.ours, first) == ("clear", "wrong-key")  # what was found before stays
