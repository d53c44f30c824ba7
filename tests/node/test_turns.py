"""A10: whose call is answered next, and who is kept outside."""

from __future__ import annotations

import asyncio

from liaison.node.turns import EARLY, LONGEST, MISTAKES, Door, Patience, Turns


def order(slots: int, each: int, calls: list[bytes], cancelled: int | None = None) -> list[bytes]:
    """The order in which these calls, all there at once, are let in."""
    found: list[bytes] = []

    async def call(turns: Turns, caller: bytes) -> None:
        async with turns.turn(caller):
            found.append(caller)
            await asyncio.sleep(0)

    async def work() -> None:
        turns = Turns(slots, each)
        tasks = [asyncio.create_task(call(turns, each)) for each in calls]
        if cancelled is not None:
            await asyncio.sleep(0)
            tasks[cancelled].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert turns._free == slots
        assert not turns._busy
        assert not turns._waiting

    asyncio.run(work())
    return found


def test_a_partner_that_floods_has_one_turn_for_each_of_anothers() -> None:
    found = order(1, 1, [b"hostile"] * 10 + [b"honest"] * 3)
    assert found[:7] == [b"hostile", b"hostile", b"honest", b"hostile", b"honest", b"hostile", b"honest"]
    assert found[7:] == [b"hostile"] * 6


def test_a_partner_never_has_every_place() -> None:
    assert order(4, 2, [b"hostile"] * 8 + [b"honest"])[:3] == [b"hostile", b"hostile", b"honest"]


def test_who_gives_up_takes_no_place() -> None:
    assert order(1, 1, [b"a", b"b", b"c"], cancelled=1) == [b"a", b"c"]
    assert order(1, 1, [b"a", b"b", b"c"], cancelled=0)[-2:] == [b"b", b"c"]


def test_who_does_not_wait_as_told_waits_longer_and_no_longer_than_a_minute() -> None:
    now = 0.0
    door = Door(lambda: now)
    assert door.wait(b"anybody") == 0
    door.tell(b"hostile", 2.0)
    assert [door.wait(b"hostile") for _ in range(EARLY)] == [3] * EARLY
    assert door.wait(b"hostile") == 5  # twice as long from now
    for _ in range(EARLY * 20):
        assert 0 < door.wait(b"hostile") <= LONGEST + 1
    assert door.wait(b"hostile") > LONGEST - 5
    assert door.wait(b"honest") == 0
    now = LONGEST + 1
    assert door.wait(b"hostile") == 0


def test_calls_that_prove_nothing_are_forgiven_so_often() -> None:
    now = 0.0
    patience = Patience(lambda: now)
    assert all(patience.lasts(b"hostile") for _ in range(int(MISTAKES)))
    assert not patience.lasts(b"hostile")
    assert patience.lasts(b"honest")
    now = 1.0
    assert patience.lasts(b"hostile")
    assert not patience.lasts(b"hostile")


def test_who_waits_as_told_comes_in() -> None:
    now = 0.0
    door = Door(lambda: now)
    for _ in range(20):
        door.tell(b"eager", 2.0)
        assert door.wait(b"eager") == 3
        now += 2.0
        assert door.wait(b"eager") == 0
