"""People in need: told to rescue first, seen by others once somebody has taken it; counts and needs, never who."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from liaison.formats.tracks import Need
from liaison.model.errors import BadInput, Conflict, NotFound, NotLawful
from liaison.sensors import contacts, rescue, tallies
from liaison.sensors.rescue import Entered
from liaison.sensors.rules import ContactRole, Stage
from liaison.storage.tables.officers import ACCOUNTS, PEOPLE
from liaison.storage.tables.sensors import IN_NEED
from tests.node_fixtures import both_databases
from tests.sensors.field import AUDITOR, CHIEF, DESK, OTHER, RESCUER, Field, a_field, utc

CALL = Entered(3, frozenset({Need.WATER}), 42.4, 19.9)


def seen(field: Field, who: object = RESCUER) -> list[str]:
    return [one.id for one in rescue.in_need(field.office, who)]  # type: ignore[arg-type]


@both_databases
def test_rescue_is_told_first_and_others_see_it_once_it_is_taken(tmp_path: Path, kind: str) -> None:
    with a_field(tmp_path, kind) as field:
        field.contact()
        (need,) = field.sends(field.feed(), field.people(7, need=["exposure", "medical"])).people
        assert field.verbs()[-2:] == ["in-need-told", "sensor-messages-taken"], "the ledger says it first"
        assert field.waiting(RESCUER) == ["in-need-told"]
        assert [field.waiting(who) for who in (OTHER, DESK, CHIEF)] == [[], [], []]
        assert (seen(field), seen(field, OTHER), seen(field, DESK)) == ([need], [], [])
        with pytest.raises(NotFound):
            rescue.one_in_need(field.office, OTHER, need)
        with pytest.raises(NotFound):
            rescue.take(field.office, OTHER, need)
        field.clock.forward(minutes=2)
        assert rescue.one_in_need(field.office, RESCUER, need).waited == timedelta(minutes=2)
        rescue.take(field.office, RESCUER, need)
        assert seen(field, OTHER) == [need]
        shown = rescue.one_in_need(field.office, OTHER, need)
        assert (shown.people, shown.needs) == (7, (Need.MEDICAL, Need.EXPOSURE))
        assert (shown.stage, shown.acts) == (Stage.TAKEN, False)
        field.clock.forward(minutes=9)
        assert rescue.one_in_need(field.office, OTHER, need).waited == timedelta(minutes=2), (
            "the clock stands"
        )


def test_what_is_done_is_kept_step_by_step_with_how_many_were_helped(tmp_path: Path) -> None:
    with a_field(tmp_path) as field:
        field.contact()
        (need,) = field.sends(field.feed(), field.people()).people
        for early in (
            lambda: rescue.set_under_way(field.office, RESCUER, need),
            lambda: rescue.end(field.office, RESCUER, need, 7),
        ):
            with pytest.raises(Conflict, match="taken"):
                early()
        rescue.take(field.office, RESCUER, need)
        with pytest.raises(Conflict):
            rescue.take(field.office, RESCUER, need)
        with pytest.raises(NotFound):
            rescue.set_under_way(field.office, OTHER, need)  # others see it, and do nothing to it
        rescue.set_under_way(field.office, RESCUER, need)
        with pytest.raises(BadInput):
            rescue.end(field.office, RESCUER, need, -1)
        rescue.end(field.office, RESCUER, need, 7)
        (over,) = rescue.in_need(field.office, OTHER, over=True)
        assert (over.stage, over.helped, over.taken_by) == (Stage.ENDED, 7, RESCUER.person)
        assert seen(field) == []
        assert field.verbs()[-3:] == ["in-need-taken", "help-under-way", "in-need-ended"]
        assert field.said()[-1].detail == {"helped": "7"}


def test_a_sighting_that_is_sent_again_is_the_same_and_a_change_is_told(tmp_path: Path) -> None:
    with a_field(tmp_path) as field:
        field.contact()
        feed = field.feed()
        (need,) = field.sends(feed, field.people(7)).people
        field.clock.forward(minutes=1)
        assert field.sends(feed, field.people(7)).people == (need,)
        assert field.waiting(RESCUER) == ["in-need-told"]
        field.clock.forward(minutes=1)
        field.sends(feed, field.people(9))
        assert sorted(field.waiting(RESCUER)) == ["in-need-changed", "in-need-told"]
        (one,) = rescue.in_need(field.office, RESCUER)
        assert (one.people, one.last) == (9, field.now)
        assert field.sends(field.feed(name="Drone 5"), field.people(7)).people != (need,)


def test_before_rescue_has_them_nothing_says_how_many_they_are_or_that_there_are_any(tmp_path: Path) -> None:
    with a_field(tmp_path) as field:
        field.contact()
        feed = field.feed()
        (need,) = field.sends(feed, field.people(7)).people
        field.clock.forward(minutes=1)
        field.sends(feed, field.people(9))
        for who, people in ((OTHER, None), (RESCUER, 2)):
            total, days = tallies.ever(field.office, who, feed.id)
            told = (total.people, days[0][1].people, tallies.today(field.office, who)[feed.id].people)
            assert told == (people,) * 3
        about = [said.detail for said in field.said() if need in said.objects]
        assert about == [{"told": "1"}, {}], "the ledger of the telling and of the change"
        rescue.take(field.office, RESCUER, need)
        assert field.said()[-1].detail == {"people": "9", "needs": "medical"}


def test_a_number_does_not_tell_how_many_others_there_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_field(tmp_path) as field:
        field.contact()
        made = [rescue.enter(field.office, OTHER, CALL) for _ in range(4)]
        numbers = [rescue.one_in_need(field.office, OTHER, one).number for one in made]
        assert len(set(numbers)) == 4
        assert all(1_000 <= number < 10_000 for number in numbers)
        monkeypatch.setattr(rescue, "MOST_NUMBERS", 2)
        for _ in range(3):
            made.append(rescue.enter(field.office, OTHER, CALL))
        assert {rescue.one_in_need(field.office, OTHER, one).number < 1_000 for one in made[4:]} == {True}


def test_what_a_clock_that_is_ahead_sends_next_is_told(tmp_path: Path) -> None:
    with a_field(tmp_path) as field:
        field.contact()
        feed, ahead = field.feed(), timedelta(minutes=4, seconds=50)
        field.sends(feed, field.people(7, time=utc(field.now + ahead)))
        (one,) = rescue.in_need(field.office, RESCUER)
        assert (one.at, one.last) == (field.now, field.now)
        field.clock.forward(minutes=1)
        field.sends(feed, field.people(100))
        assert rescue.in_need(field.office, RESCUER)[0].people == 100
        field.sends(
            feed,
            field.people(101, time=utc(field.now + ahead)),
            field.people(102, time=utc(field.now + ahead)),
        )
        assert rescue.in_need(field.office, RESCUER)[0].people == 102, "also within one hand-over"
        field.sends(feed, field.people(5, time=utc(field.now - ahead)))
        assert rescue.in_need(field.office, RESCUER)[0].people == 102, "an older one changes nothing"


@both_databases
def test_who_waits_too_long_is_told_to_everybody_who_may_see_it(tmp_path: Path, kind: str) -> None:
    with a_field(tmp_path, kind) as field:
        field.contact()
        (need,) = field.sends(field.feed(), field.people()).people
        field.clock.forward(minutes=4, seconds=59)
        assert rescue.widen(field.office) == 0
        field.clock.forward(seconds=1)
        assert rescue.widen(field.office) == 1
        assert rescue.widen(field.office) == 0, "once"
        assert [field.waiting(who) for who in (OTHER, DESK, CHIEF)] == [["in-need-widened"]] * 3
        assert field.waiting(AUDITOR) == []
        rescue.take(field.office, OTHER, need)
        assert rescue.one_in_need(field.office, CHIEF, need).taken_by == OTHER.person


def test_where_nobody_is_named_everybody_who_may_see_it_is_told_at_once(tmp_path: Path) -> None:
    with a_field(tmp_path) as field:
        (need,) = field.sends(field.feed(), field.people()).people
        assert field.waiting(OTHER) == ["in-need-widened"]
        assert seen(field, OTHER) == [need]


def test_one_is_entered_by_hand_after_a_call_and_whoever_entered_it_sees_it(tmp_path: Path) -> None:
    with a_field(tmp_path) as field:
        field.contact()
        need = rescue.enter(field.office, OTHER, CALL)
        assert field.waiting(RESCUER) == ["in-need-told"]
        assert (seen(field, OTHER), seen(field, DESK)) == ([need], [])
        assert field.said()[-1].detail == {"told": "1"}, "not yet how many they are"
        with pytest.raises(NotLawful):
            rescue.enter(field.office, AUDITOR, CALL)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("people", {"people": 0}),
        ("people", {"people": 100_001}),
        ("needs", {"needs": frozenset()}),
        ("needs", {"needs": frozenset({Need.NONE, Need.WATER})}),
        ("latitude", {"latitude": 91.0}),
        ("longitude", {"longitude": float("nan")}),
        ("at", {"at": timedelta(hours=25)}),
        ("at", {"at": timedelta(hours=-1)}),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(
    tmp_path: Path, name: str, wrong: dict[str, object]
) -> None:
    with a_field(tmp_path) as field:
        if isinstance(ago := wrong.get("at"), timedelta):
            wrong = {"at": field.now - ago}
        said = {"people": 3, "needs": CALL.needs, "latitude": 42.4, "longitude": 19.9}
        with pytest.raises(BadInput) as refused:
            rescue.enter(field.office, OTHER, Entered(**(said | wrong)))  # type: ignore[arg-type]
        assert refused.value.field == name


def test_no_column_of_people_in_need_could_say_who_they_are() -> None:
    """A new column is a decision about people: it is made here as well."""
    about = {"people", "needs", "latitude", "longitude", "accuracy", "at", "last"}
    of_us = {"id", "number", "feed_id", "uid", "person", "received", "told", "widened", "taken", "taken_by"}
    assert {column.name for column in IN_NEED.columns} - about - of_us == {
        *("under_way", "ended", "ended_by", "helped")
    }


def test_what_was_done_is_erased_after_its_days(tmp_path: Path) -> None:
    with a_field(tmp_path) as field:
        field.contact()
        need = rescue.enter(field.office, OTHER, CALL)
        rescue.take(field.office, RESCUER, need)
        rescue.end(field.office, RESCUER, need, 3)
        field.clock.forward(days=89)
        assert rescue.forget(field.office) == 0
        field.clock.forward(days=1)
        assert rescue.forget(field.office) == 1
        assert field.rows(IN_NEED) == 0
        assert field.verbs()[-1] == "in-need-forgotten"


def test_contacts_are_named_by_who_keeps_the_register_and_told_until_they_are_ended(tmp_path: Path) -> None:
    with a_field(tmp_path) as field:
        with pytest.raises(NotFound):
            contacts.name(field.office, OTHER, RESCUER.person, ContactRole.RESCUE, "channel 3")
        with pytest.raises(BadInput) as refused:
            contacts.name(field.office, CHIEF, AUDITOR.person, ContactRole.RESCUE, "channel 3")
        assert refused.value.field == "person"
        made = field.contact()
        with pytest.raises(Conflict):
            field.contact()
        assert contacts.contacts_of(field.office, OTHER) == [made]
        contacts.end(field.office, CHIEF, made.id)
        with pytest.raises(Conflict):
            contacts.end(field.office, CHIEF, made.id)
        assert contacts.contacts_of(field.office, OTHER) == []
        rescue.enter(field.office, OTHER, CALL)
        assert "in-need-told" not in field.waiting(RESCUER)
        assert "rescue-contact-named" in field.verbs()


def test_who_is_named_for_safeguarding_is_told_first_as_well(tmp_path: Path) -> None:
    with a_field(tmp_path) as field:
        named = update(PEOPLE).where(PEOPLE.c.id == DESK.person).values(safeguards=True)
        field.office.write(lambda connection: connection.execute(named))
        need = rescue.enter(field.office, OTHER, CALL)
        assert field.waiting(DESK) == ["in-need-told"]
        rescue.take(field.office, DESK, need)
        assert rescue.one_in_need(field.office, RESCUER, need).taken_by == DESK.person


def test_a_contact_who_left_is_not_counted_as_told(tmp_path: Path) -> None:
    with a_field(tmp_path) as field:
        field.contact()
        left = update(ACCOUNTS).where(ACCOUNTS.c.person == RESCUER.person).values(state="ended")
        field.office.write(lambda connection: connection.execute(left))
        rescue.enter(field.office, OTHER, CALL)
        assert field.waiting(CHIEF) == ["in-need-widened"], "nobody of the contacts is there"
