"""Sets that are kept up: what came is in, what left is out, and a partner gets there by changes that tell little."""

from __future__ import annotations

from pathlib import Path

import pytest

from liaison.crosscheck.function import tokens
from liaison.crosscheck.function.tokens import TokenSet
from liaison.crosscheck.holder import changing, epochs, giving, versions
from liaison.crosscheck.messages import Published
from liaison.holdings import erasure
from liaison.holdings.corrections import restrict
from liaison.model.errors import Conflict, NotFound, NotLawful
from liaison.model.roles import Role
from liaison.supply import signing
from liaison.supply.signing import Type
from tests.crosscheck.holder.test_epochs import in_set, subjects
from tests.crosscheck.holders import Crosscheck, crosscheck, terms
from tests.node_fixtures import sqlite_daily
from tests.screening.conftest import Row, crowd
from tests.screening.node import actor, records

FEW = crowd()[:12]
GUARDIAN = actor("guardian", Role.DATA_PROTECTION_OFFICER)
LATE = crowd()[100:103]
DAYS = epochs.DAY
WHY = "It is contested by the person"


def erase(both: Crosscheck, row: Row) -> None:
    erasure.erase(
        both.holder.office,
        GUARDIAN,
        both.holder.ids[row[0]],
        erasure.Cause.UNLAWFUL,
        "decision 12 of the court",
    )


def followed(both: Crosscheck, held: TokenSet, told: Published) -> TokenSet:
    """The partner's copy of a set, brought up to date by the changes that are published."""
    now = both.published()
    for version in range(told.version, now.version):
        change = giving.change(both.holder.office, both.partner, told.epoch, version)
        held = tokens.changed(held, change)
    assert held.outline == now.outline
    return held


def heads(both: Crosscheck, rows: list[Row]) -> list[bool]:
    return in_set(both, subjects(rows))


@sqlite_daily
def test_a_set_is_brought_up_to_date_once_a_day(tmp_path: Path, kind: str) -> None:
    with crosscheck(tmp_path, kind, FEW) as both:
        office, told, mine = both.holder.office, both.published(), both.fetched()
        erase(both, FEW[0])
        restrict(office, GUARDIAN, both.holder.ids[FEW[1][0]], WHY)
        both.holder.arrive(*LATE)
        both.forward(hours=23)
        both.run()
        assert both.published() == told
        both.forward(hours=1)
        both.run()
        epoch = both.epoch()
        assert (epoch.version, epoch.records) == (2, len(FEW) + 1 - 2 + 3)
        assert heads(both, [FEW[0], FEW[1], FEW[2], *LATE]) == [False, False, True, True, True, True]
        mine = followed(both, mine, told)
        assert mine.outline == both.fetched().outline
        (said,) = both.entries(changing.WHAT)
        assert said.digest == both.published().outline.root.hex()
        both.forward(days=1)
        both.run()
        assert both.epoch() == epoch  # nothing changed, so nothing is published


def test_a_thousand_changes_do_not_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changing, "AT_ONCE", 3)
    with crosscheck(tmp_path, rows=FEW) as both:
        both.holder.arrive(*LATE[:2])
        both.run()
        assert both.epoch().version == 1
        both.holder.arrive(LATE[2])
        both.run()
        assert both.epoch().version == 2
        assert heads(both, LATE) == [True] * 3


@sqlite_daily
def test_what_another_record_has_too_stays(tmp_path: Path, kind: str) -> None:
    """Two records of one person: only when both are gone does the person leave the set."""
    with crosscheck(tmp_path, kind, FEW) as both:
        twin: Row = ("twin", *FEW[0][1:])
        both.holder.ids |= records(both.holder.office, [twin])
        both.forward(days=1)
        both.run()
        erase(both, FEW[0])
        both.forward(days=1)
        both.run()
        assert heads(both, [FEW[0]]) == [True]
        erase(both, twin)
        both.forward(days=1)
        both.run()
        assert heads(both, [FEW[0], FEW[1]]) == [False, True]


def test_a_record_whose_time_is_over_leaves(tmp_path: Path) -> None:
    """Also where nobody erased it yet: no record changed."""
    with crosscheck(tmp_path, rows=FEW, agreed=terms(epoch_days=90)) as both:
        both.holder.arrive(
            LATE[0],
            retention_until=(both.holder.clock.now().date() + DAYS * 10),
            review_at=both.holder.clock.now().date(),
        )
        both.forward(days=1)
        both.run()
        assert heads(both, [LATE[0]]) == [True]
        both.forward(days=9)
        both.run()
        assert heads(both, [LATE[0]]) == [True]
        both.forward(days=1)
        both.run()
        assert heads(both, [LATE[0], FEW[0]]) == [False, True]


def test_a_set_is_looked_at_once_a_day_though_nothing_comes_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with crosscheck(tmp_path, rows=FEW) as both:
        today, looks = both.holder.clock.now().date(), []
        both.holder.arrive(LATE[0], retention_until=today - DAYS, review_at=today - DAYS)
        bring_up = changing.bring_up
        monkeypatch.setattr(changing, "bring_up", lambda *given: looks.append(bring_up(*given)))
        for hours in (24, 1, 1, 23):
            both.forward(hours=hours)
            both.run()
        assert looks == [False, False]
        assert both.epoch().version == 1


def test_many_changes_one_after_another_stay_true(tmp_path: Path) -> None:
    """After each day the set holds exactly the keys of the records there are, canaries and padding apart."""
    with crosscheck(tmp_path, rows=FEW) as both:
        there, told, mine = [*FEW], both.published(), both.fetched()
        for number in range(5):
            row = crowd()[150 + number]
            both.holder.arrive(row)
            erase(both, there.pop(0))
            there.append(row)
            both.forward(days=1)
            both.run()
            out = [each for each in FEW if each not in there]
            assert heads(both, [*there, *out]) == [True] * len(there) + [False] * len(out)
        assert both.epoch().version == 6
        followed(both, mine, told)


def test_a_change_says_only_a_step_of_how_many_came(tmp_path: Path) -> None:
    """Three records or none come: a thousand tokens do."""
    with crosscheck(tmp_path, rows=FEW) as both:
        came = []
        for rows in ([], LATE):
            erase(both, FEW[len(came)])
            both.holder.arrive(*rows)
            both.forward(days=1)
            both.run()
            held, told = both.fetched(), both.epoch()
            change = giving.change(both.holder.office, both.partner, told.id, told.version - 1)
            came.append(len(tokens._read(change, held.width)[2]))
        assert came == [tokens.LEAST_CHANGE] * 2


@sqlite_daily
def test_no_change_is_published_where_the_agreement_allows_none(tmp_path: Path, kind: str) -> None:
    with crosscheck(tmp_path, kind, FEW, terms(changes=False, standing_days=0)) as both:
        both.holder.arrive(*LATE)
        both.forward(days=2)
        both.run()
        epoch = both.epoch()
        assert (epoch.version, both.published().changes) == (1, False)
        with pytest.raises(NotLawful):
            giving.change(both.holder.office, both.partner, epoch.id, 1)


def test_only_what_there_is_is_given(tmp_path: Path) -> None:
    with crosscheck(tmp_path, rows=FEW) as both:
        office, epoch = both.holder.office, both.epoch()
        with pytest.raises(NotFound):
            giving.change(office, both.partner, epoch.id, 1)
        both.holder.arrive(*LATE)
        both.forward(days=1)
        both.run()
        assert giving.change(office, both.partner, epoch.id, 1)
        with pytest.raises(NotFound):
            giving.change(office, both.partner, epoch.id, 2)
        with pytest.raises(Conflict):
            giving.shards(office, both.partner, epoch.id, 1, (0, 3))


def test_every_state_is_signed(tmp_path: Path) -> None:
    with crosscheck(tmp_path, rows=FEW) as both:
        both.holder.arrive(*LATE)
        both.forward(days=1)
        both.run()
        office, epoch = both.holder.office, both.epoch()
        for number in (1, 2):
            row = office.read(lambda connection, number=number: versions.version(connection, epoch, number))
            told = signing.opened(Type.TOKEN_SET, row.document, Published, both.holder_keys)
            assert (told.version, told.outline.root.hex(), told.public) == (number, row.root, epoch.public)
