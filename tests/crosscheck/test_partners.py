"""One question to several partners: each answers for itself, and none waits for another."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from liaison.crosscheck.asker import legs
from liaison.crosscheck.asker.states import LegState, SessionState
from tests.crosscheck.askers import GEZIM, STRANGER, Asked, asked, besides
from tests.node_fixtures import both_databases
from tests.screening.conftest import crowd

HELD = crowd()[:12]
PATIENCE = 60.0  # seconds


def states(both: Asked, session: str) -> dict[str, tuple[LegState, str]]:
    return {leg.partner: (leg.state, leg.code) for leg in both.shown(session).legs}


@both_databases
def test_one_partner_is_down_and_the_other_answers_then_both_have(tmp_path: Path, kind: str) -> None:
    with asked(tmp_path, kind, HELD) as one, besides(one, tmp_path, kind, HELD) as other:
        other.hangs_up()
        partners = (one.partner_name, other.partner_name)
        session = one.asks(GEZIM, STRANGER, partners=partners)
        assert states(one, session) == {
            one.partner_name: (LegState.DONE, ""),
            other.partner_name: (LegState.WAITING, "unreachable"),
        }
        assert [(each.partner, each.number) for each in one.opened(session).overlaps] == [
            (one.partner_name, 1)
        ]
        assert one.shown(session).state is SessionState.RUNNING
        other.listen()
        one.pair.both(minutes=6)
        other.holder.clock.forward(minutes=6)
        one.work()
        assert states(one, session) == dict.fromkeys(partners, (LegState.DONE, ""))
        found = {(each.partner, each.number) for each in one.opened(session).overlaps}
        assert found == {(partner, 1) for partner in partners}
        assert one.shown(session).state is SessionState.DONE
        assert [len(each.evaluations()) for each in (one, other)] == [1, 1]
        told = {each.holder_served()[0].session for each in (one, other)}
        assert len(told) == 2  # a session has another name at each partner


def test_a_partner_that_stalls_holds_up_no_other(tmp_path: Path) -> None:
    """Eight sessions wait at one partner, and one at another is answered meanwhile."""
    with asked(tmp_path, rows=HELD) as one, besides(one, tmp_path, rows=HELD) as other:
        goes_on = threading.Event()
        other.counter.before = lambda _: goes_on.wait(2 * PATIENCE) and None
        try:
            for _ in range(8):
                one.start(one.draft(STRANGER, partners=(other.partner_name,)))
            legs.run(one.asker.office, one.asker.means, wait=False)
            session = one.draft(GEZIM)
            one.start(session)
            legs.run(one.asker.office, one.asker.means, wait=False)
            ending = time.monotonic() + PATIENCE
            while one.shown(session).state is not SessionState.DONE:
                assert time.monotonic() < ending, "it waits for the other partner"
                time.sleep(0.05)
            assert len(other.counter.calls) <= legs.AT_ONE
        finally:
            goes_on.set()
            legs.stop(one.asker.office)
