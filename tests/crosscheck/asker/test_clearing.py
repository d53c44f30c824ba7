"""What is kept of partners goes: their sessions when logs are kept no longer, their sets with epoch or link."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest
from sqlalchemy import func, select

from liaison.crosscheck.asker import clearing, sets
from liaison.crosscheck.asker.forgetting import forget
from liaison.model.errors import Erased, NotFound
from liaison.partners import service
from liaison.ports import KeyId
from liaison.storage.tables.crosscheck import HITS, SET_SHARDS, SETS
from tests.crosscheck.asker.test_drafting import trusted
from tests.crosscheck.askers import GEZIM, Asked, asked
from tests.crosscheck.holders import crosscheck
from tests.node_fixtures import sqlite_daily
from tests.screening.conftest import crowd
from tests.two_offices import HEAD

HELD, MOMENT = crowd()[:12], dt.timedelta(seconds=1)


@sqlite_daily
def test_what_was_answered_is_erased_once_its_key_is_closed_and_the_law_keeps_no_log(
    tmp_path: Path, kind: str
) -> None:
    with crosscheck(tmp_path, kind, HELD) as both:
        office = both.holder.office
        for batch in both.batches([os.urandom(16) for _ in range(6)], 2):
            both.ask(batch)
        asked_at = office.now()
        both.forward(days=1_200)
        assert forget(office) == 0
        assert both.rows() == (1, 2)  # the time was not trusted since
        office.write(lambda connection: connection.execute(trusted(office.now())))
        forget(office)
        assert both.rows() == (1, 2)  # its epoch was not closed
        both.run()
        assert clearing.served(office, asked_at - MOMENT) == 0
        forget(office)
        assert both.rows() == (0, 0)
        (said,) = both.entries(clearing.WHAT)
        assert said.detail == {"sessions": "1", "batches": "2"}


def left(both: Asked, table: object) -> int:
    query = select(func.count()).select_from(table)  # type: ignore[arg-type]
    return both.asker.office.read(lambda connection: int(connection.execute(query).scalar_one()))


def destroyed(both: Asked, key: int) -> None:
    """The set of this key is gone, from memory too."""
    assert (left(both, SETS), left(both, SET_SHARDS)) == (0, 0)
    with pytest.raises(Erased):
        both.asker.office.keys.fetch([KeyId(key)])
    with pytest.raises(NotFound):
        both.kept()
    assert len(both.ours(sets.WHAT_DROPPED)) == 1


def key_of(both: Asked) -> int:
    return both.asker.office.read(lambda connection: int(connection.execute(select(SETS.c.key)).scalar_one()))


@sqlite_daily
def test_a_partners_set_goes_a_day_after_its_epoch(tmp_path: Path, kind: str) -> None:
    with asked(tmp_path, kind, HELD) as both:
        both.asks(GEZIM)
        key = key_of(both)
        both.forward(days=30, hours=23)
        forget(both.asker.office)
        assert left(both, SETS) == 1
        both.forward(hours=2)
        forget(both.asker.office)
        destroyed(both, key)


def test_a_partners_set_goes_with_the_link(tmp_path: Path) -> None:
    with asked(tmp_path, rows=HELD) as both:
        both.asks(GEZIM)
        key = key_of(both)
        service.end(both.asker.office, HEAD, both.holder.origin)
        forget(both.asker.office)
        destroyed(both, key)


def test_overlaps_go_with_their_session(tmp_path: Path) -> None:
    with asked(tmp_path, rows=HELD) as both:
        session, office = both.asks(GEZIM), both.asker.office
        assert both.hits(session)
        both.forward(days=1_200)
        both.change(trusted(office.now()))
        assert forget(office) == 1
        assert left(both, HITS) == 0
