"""What whoever read everything would try next. What works still is expected to fail here, until it is mended."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import Connection, func, select

from liaison.crosscheck.holder import quotas
from liaison.crosscheck.holder.questions import Uncountersigned
from liaison.crosscheck.messages import Of, Published
from liaison.model.errors import OverQuota
from liaison.model.holding import State
from liaison.storage.tables.holdings import HOLDINGS
from liaison.supply import signing
from liaison.supply.signing import Type
from liaison.transport.calls import Answered
from tests.crosscheck.askers import GEZIM, asked
from tests.crosscheck.holders import Crosscheck, crosscheck, terms
from tests.partners.pairs import signer
from tests.screening.conftest import crowd

SET, SHARDS = "/crosscheck/set/", "/crosscheck/shards/"


def test_a_set_that_is_made_anew_gives_no_quota_back(tmp_path: Path) -> None:
    """Records leave a set without changes, so it is made anew within days: 600 points are still 600 in 30 days."""
    agreed = terms(points=600, case_points=600, changes=False, standing_days=0)
    with crosscheck(tmp_path, rows=crowd()[:100], agreed=agreed) as both:
        both.ask(both.batches([os.urandom(16) for _ in range(600)])[0])
        first = both.epoch().id
        _withdrawn(both, 2)
        both.forward(days=1, minutes=5)
        both.run()
        assert both.epoch().id != first
        with pytest.raises(OverQuota):
            both.ask(both.batches([os.urandom(16)])[0])


def test_a_list_that_is_split_needs_an_authority_as_the_whole_does(tmp_path: Path) -> None:
    authority = signer("court.example", 9).verifier.vkey
    agreed = terms(countersigned_above=50, authorities=(authority,))
    with crosscheck(tmp_path, rows=crowd()[:12], agreed=agreed) as both:
        both.ask(both.batches([os.urandom(16) for _ in range(50)], subjects=50)[0])
        with pytest.raises(Uncountersigned):
            both.ask(both.batches([os.urandom(16) for _ in range(50)], subjects=50)[0])


def test_a_set_that_no_holder_can_have_is_refused_before_a_shard_is_fetched(tmp_path: Path) -> None:
    """Else a partner that signs for a hundred thousand shards has them all taken into memory first."""
    with asked(tmp_path, rows=crowd()[:12]) as both:

        def change(path: str, answered: Answered) -> Answered:
            if not path.startswith(SET):
                return answered
            told = signing.told(answered.body.decode(), Published)
            told = msgspec.structs.replace(told, digests=told.digests * 7, count=2**40)
            text = signing.signed(Type.TOKEN_SET, told, both.holder.means.own.document)
            return replace(answered, body=text.encode())

        both.counter.changes = change
        session = both.asks(GEZIM)
        assert both.shown(session).legs[0].code == "damaged-set"
        assert [path for path in both.counter.paths() if path.startswith(SHARDS)] == []


def test_points_that_are_asked_under_two_names_of_a_case_are_one_partners(tmp_path: Path) -> None:
    """A case's name is the asker's word: the quota of the epoch counts whatever the name."""
    with crosscheck(tmp_path, rows=crowd()[:12], agreed=terms(points=600, case_points=300)) as both:
        for reference in ("2026/1", "2026/2"):
            both.ask(both.batches([os.urandom(16) for _ in range(300)], reference=reference)[0])
        with pytest.raises(OverQuota):
            both.ask(both.batches([os.urandom(16)], reference="2026/3")[0])
        used = both.holder.office.read(
            lambda connection: quotas.meter(
                connection, both.asker.origin, Of.RECORDS, both.holder.office.now()
            )
        )
        assert (used.used, used.left) == (600, 0)


def _withdrawn(both: Crosscheck, count: int) -> None:
    """So many of the holder's records are withdrawn."""

    def work(connection: Connection) -> None:
        live = select(HOLDINGS.c.id).where(HOLDINGS.c.state == State.LIVE.value).limit(count)
        top = connection.execute(select(func.max(HOLDINGS.c.change))).scalar_one()
        for place, id in enumerate(connection.execute(live).scalars().all(), top + 1):
            values = {"state": State.WITHDRAWN.value, "change": place}
            connection.execute(HOLDINGS.update().where(HOLDINGS.c.id == id).values(**values))

    both.holder.office.write(work)
