from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from liaison.crosscheck.asker import drafting, reading
from liaison.crosscheck.asker.drafting import Order
from liaison.crosscheck.asker.forgetting import forget
from liaison.crosscheck.asker.states import SessionState
from liaison.crosscheck.messages import Kind
from liaison.model.errors import BadInput, Conflict, Erased, NotFound, UnusableFile
from liaison.model.identifiers import PhoneNumber
from liaison.model.subjects import Name, Organisation, Phone
from liaison.ports import KeyId
from liaison.storage.tables.crosscheck import ASKED, LEGS, SESSIONS
from liaison.storage.tables.holdings import RUNS
from tests.crosscheck.askers import GEZIM, STRANGER, Asked, asked
from tests.node_fixtures import START, sqlite_daily
from tests.screening.node import actor, enter
from tests.two_offices import APPROVER, INVESTIGATOR

STRANGE = actor("strange")
THINGS = b"""{"kind": "vehicle", "id": "v1", "plate": "AA123BB", "registered": "ALB"}
{"kind": "phone", "id": "p1", "number": "+355691234567"}
{"kind": "organisation", "id": "o1", "names": [{"full": "Anything Ltd"}]}
{"kind": "boat"}
{"kind": "account", "id": "a1", "iban": "GB82WEST12345698765432"}
"""


@pytest.fixture(params=["sqlite"])
def both(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Asked]:
    with asked(tmp_path, request.param, made=False) as held:
        yield held


def count(both: Asked, table: object) -> int:
    query = select(func.count()).select_from(table)  # type: ignore[arg-type]
    return both.asker.office.read(lambda connection: int(connection.execute(query).scalar_one()))


@sqlite_daily
def test_bad_rows_are_said_and_the_good_ones_go_on(tmp_path: Path, kind: str):
    with asked(tmp_path, kind, made=False) as both:
        session = both.draft(GEZIM, "Nobody;;;", "Half Known;no date;ALB;", STRANGER)
        shown = both.shown(session)
        assert (shown.state, shown.subjects) == (SessionState.DRAFT, 2)
        bad = both.opened(session).bad
        assert {one.row for one in bad if not one.field} == {2, 3}
        assert len(bad) == shown.bad_rows >= 2
        (entry,) = both.ours("crosscheck-drafted")
        assert entry.detail == {"subjects": "2", "bad-rows": str(len(bad)), "kind": "check"}
        assert entry.objects == (session,)


def test_file_of_the_vocabulary_brings_vehicles_telephones_and_accounts(both: Asked):
    session = both.draft(content=THINGS, name="things.jsonl")
    shown = both.shown(session)
    assert (shown.subjects, shown.bad_rows) == (3, 2)
    assert {one.row for one in both.opened(session).bad} == {3, 4}


def test_subjects_are_added_to_those_of_a_list(both: Asked):
    phone, body = Phone(number=PhoneNumber("+355691234567")), Organisation(names=(Name(full="Any Ltd"),))
    session = both.draft(GEZIM, subjects=(phone, body))
    assert (both.shown(session).subjects, both.shown(session).bad_rows) == (2, 1)


def test_nothing_of_whom_it_is_about_stands_in_clear(both: Asked, tmp_path: Path):
    both.draft(GEZIM, title="Operation Harbour")
    (folder,) = tmp_path.glob("left")
    held = b"".join(path.read_bytes() for path in folder.glob("node.db*"))
    assert b"crosscheck-" in held
    for secret in (b"Vokshi", b"Harbour", b"BA1234567", "Gëzim".encode()):
        assert secret not in held


def test_draft_of_another_person_is_not_found(both: Asked):
    session = both.draft(GEZIM)
    for look in (reading.session_of, reading.opened, drafting.discard):
        with pytest.raises(NotFound):
            look(both.asker.office, STRANGE, session)
    assert reading.sessions_of(both.asker.office, STRANGE) == []
    assert [one.id for one in reading.sessions_of(both.asker.office, INVESTIGATOR)] == [session]
    with pytest.raises(NotFound):
        reading.session_of(both.asker.office, APPROVER, session)


def test_grounds_of_another_person_and_unknown_partners_are_not_found(both: Asked):
    enter(both.asker.office, STRANGE)
    with pytest.raises(NotFound):
        drafting.draft(both.asker.office, STRANGE, both.order(GEZIM))
    with pytest.raises(NotFound):
        both.draft(GEZIM, partners=("nobody.example",))
    assert count(both, SESSIONS) == 0


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"partners": ()}, "partners"),
        ({"kind": Kind.STANDING}, "until"),
        ({"until": START + dt.timedelta(days=3)}, "until"),
        ({"kind": Kind.STANDING, "until": START}, "until"),
        ({"kind": Kind.STANDING, "until": START + dt.timedelta(days=61)}, "until"),
        ({"kind": Kind.STANDING, "until": START + dt.timedelta(days=4000)}, "until"),
        ({"content": b""}, "list"),
        ({"content": b"name;born\nNobody;\n"}, "list"),
    ],
)
def test_order_that_no_session_can_be_made_of_is_refused(both: Asked, said: dict[str, object], field: str):
    with pytest.raises(BadInput) as error:
        both.draft(GEZIM, **said)
    assert error.value.field == field
    assert count(both, SESSIONS) == 0


def test_list_that_cannot_be_read_is_refused(both: Asked):
    with pytest.raises(UnusableFile):
        both.draft(content=b"\x50\x4b\x03\x04 and more")


def test_large_list_is_written_in_steps(both: Asked, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(drafting, "STEP", 2)
    session = both.draft(
        GEZIM, STRANGER, *(f"Wolf Hart{chr(97 + n)}berg;1950-01-1{n};DEU;" for n in range(3))
    )
    assert both.shown(session).subjects == count(both, ASKED) == 5


@sqlite_daily
def test_discarded_draft_leaves_nothing(tmp_path: Path, kind: str):
    with asked(tmp_path, kind, made=False) as both:
        session = both.draft(GEZIM)
        row = both.session(session)
        drafting.discard(both.asker.office, INVESTIGATOR, session)
        assert [count(both, table) for table in (SESSIONS, LEGS, ASKED)] == [0, 0, 0]
        for key in (row.key, row.seed):
            with pytest.raises(Erased):
                both.asker.office.keys.fetch([KeyId(key)])
        assert both.ours("crosscheck-discarded")[0].objects == (session,)


def test_what_was_started_is_not_discarded(tmp_path: Path):
    with asked(tmp_path) as both:
        session = both.asks(GEZIM)
        with pytest.raises(Conflict):
            drafting.discard(both.asker.office, INVESTIGATOR, session)


def test_two_orders_of_one_list_share_no_key(both: Asked):
    first, second = (both.session(both.draft(GEZIM)) for _ in range(2))
    assert len({first.key, first.seed, second.key, second.seed}) == 4


@sqlite_daily
def test_session_is_forgotten_when_the_law_keeps_its_log_no_longer(tmp_path: Path, kind: str):
    with asked(tmp_path, kind) as both:
        session, office = both.asks(GEZIM), both.asker.office
        assert forget(office) == 0
        both.pair.both(days=365 * 12)
        assert forget(office) == 0  # the time was not trusted since
        both.change(trusted(office.now()))
        assert forget(office) == 1
        row = both.session(session)
        with pytest.raises(Erased):
            office.keys.fetch([KeyId(row.key)])
        with pytest.raises(Erased):
            both.opened(session)
        assert count(both, ASKED) == 0
        assert both.shown(session).legs[0].points == 256
        assert both.ours("crosscheck-forgotten")[0].objects == (session,)
        assert forget(office) == 0


def trusted(at: dt.datetime) -> object:
    """A run of retention that trusted the time."""
    said = {
        "id": "run-1",
        "made": 0,
        "at": at,
        "second": at,
        "outcome": "run",
        "erased": 0,
        "held": 0,
        "by": "",
    }
    return RUNS.insert().values(**said)


def test_order_is_a_value():
    assert Order("grounds-1", ("a.example",)).kind is Kind.CHECK


def test_draft_that_cannot_be_written_leaves_no_key(both: Asked, monkeypatch: pytest.MonkeyPatch):
    destroyed: list[object] = []
    keys = both.asker.office.keys
    monkeypatch.setattr(type(keys), "destroy", lambda _, names: destroyed.extend(names))
    monkeypatch.setattr(drafting, "_add", lambda *_: (_ for _ in ()).throw(Conflict("no room")))
    with pytest.raises(Conflict):
        both.draft(GEZIM)
    assert len(destroyed) == 2


def test_draft_that_nobody_went_on_with_is_over_once_it_is_forgotten(both: Asked):
    session, office = both.draft(GEZIM), both.asker.office
    both.pair.both(days=365 * 12)
    both.change(trusted(office.now()))
    assert forget(office) == 1
    assert both.shown(session).state is SessionState.CANCELLED
