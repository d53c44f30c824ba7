"""What is true of every manifest and watch: pieces come back as they were, steps stay in their order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.formats.edifact.doubts import Doubt
from liaison.formats.manifests import Passenger, join
from liaison.formats.manifests.model import Named
from liaison.model.errors import BadInput, Conflict
from liaison.screening.flights import columns, content
from liaison.screening.flights.rules import State, Step, after, due, flies, group, named, takes_back
from tests.formats.manifests.made import ROLES, births, countries, documents, manifest, many, texts, words
from tests.screening.flights.flown import SOUGHT

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
passengers = st.lists(
    st.builds(
        Passenger,
        names=st.lists(st.builds(Named, words, words), max_size=2).map(tuple),
        born=births | st.just(""),
        sex=st.sampled_from(["M", "F", "X", ""]),
        nationality=countries,
        documents=documents(),
        role=ROLES,
        seat=texts,
        locator=texts,
        addresses=st.lists(texts, max_size=1).map(tuple),
    ),
    max_size=5,
).map(tuple)


@given(passengers)
def test_a_manifest_comes_back_as_it_was_sealed_and_without_its_key_nobody_is_in_it(
    people: tuple[Passenger, ...],
) -> None:
    whole = msgspec.structs.replace(
        manifest(people), doubts=(Doubt(3, 20, "the sex 'VOKSHI' is none", ""),), sender="", recipient=""
    )
    travel, who = content.packed(whole, ())
    assert content.opened(travel, who) == (whole, ())
    masked, _ = content.opened(travel, None)
    assert masked.doubts == ()
    assert [one.seat for one in masked.passengers] == [one.seat for one in people]
    for one in masked.passengers:
        assert content.who_is(one) == content.Who()


@given(passengers)
def test_columns_name_everybody_once_by_name_and_once_by_document(people: tuple[Passenger, ...]) -> None:
    named_, papers = columns.by_name(people), columns.by_document(people)
    assert list(named_.ids) == [str(place + 1) for place, one in enumerate(people) if one.names]
    assert list(papers.ids) == [str(place + 1) for place, one in enumerate(people) if one.documents]
    assert len(papers.documents) == sum(len(one.documents) for one in people)
    assert sum(columns.origins(people).values()) == len(people)


def test_the_same_message_is_told_by_what_it_says_and_not_by_its_file() -> None:
    one = manifest(many(3))
    assert content.told(one) == content.told(msgspec.structs.replace(one, file="again.edi"))
    assert content.told(one) != content.told(manifest(many(4)))


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("step", list(Step))
def test_steps_are_taken_in_their_order(state: State, step: Step) -> None:
    allowed = {
        (State.WAITING, Step.START): State.RUNNING,
        (State.FAILED, Step.START): State.RUNNING,
        (State.RUNNING, Step.FINISH): State.CHECKED,
        (State.RUNNING, Step.FAIL): State.FAILED,
    }
    if (state, step) in allowed:
        assert after(state, step) is allowed[state, step]
    else:
        with pytest.raises(Conflict):
            after(state, step)


@given(st.integers(1, 2000), st.integers(0, 2000), st.integers(0, 86_399))
def test_what_is_due_is_due_on_its_day_and_ever_after(days: int, passed: int, seconds: int) -> None:
    assert due(NOW, days, NOW + timedelta(days=passed, seconds=seconds)) is (passed >= days)


def test_a_list_without_a_flight_is_kept_with_none() -> None:
    with pytest.raises(BadInput) as refused:
        named(msgspec.structs.replace(manifest((SOUGHT,)), flights=()))
    assert refused.value.field == "flight"


@pytest.mark.parametrize(
    ("cancelled", "change", "fly", "back"),
    [
        (False, "", True, False),
        (False, "changed passengers", True, False),
        (True, "cancelled flight", False, True),
        (True, "cancelled bookings", False, False),
        (True, "removed passengers", False, False),
    ],
)
def test_who_was_taken_back_does_not_fly(cancelled: bool, change: str, fly: bool, back: bool) -> None:
    said = msgspec.structs.replace(manifest((SOUGHT,)), cancelled=cancelled, change=change)
    assert (flies(said), takes_back(said)) == (fly, back)
    assert group(said) == ""
    assert content.missing(join([said])[0], ()) == ()
