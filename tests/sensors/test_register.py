"""Which drones, boats and teams may send: on an authority and an assessment, until a day; secrets and certificates."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from liaison.model.errors import BadInput, Conflict, NotFound, NotLawful, NotSignedIn
from liaison.sensors import register
from liaison.sensors.rules import FeedKind
from tests.node_fixtures import both_databases
from tests.screening.node import rules_of
from tests.sensors.field import AUDITOR, DESK, OTHER, a_field


@both_databases
def test_a_drone_is_registered_until_a_day_and_its_secret_is_told_once(tmp_path: Path, kind: str) -> None:
    with a_field(tmp_path, kind) as field:
        feed = field.feed()
        assert feed.standing
        assert len(feed.secret) == 43
        shown = register.feed_of(field.office, OTHER, feed.id)
        assert (shown.secret, shown.kind, shown.unit) == ("", FeedKind.DRONE, "Mountain post")
        assert field.verbs() == ["sensor-registered"]
        assert field.said()[0].objects == (feed.id,)
        field.clock.forward(days=7)
        assert not register.feed_of(field.office, OTHER, feed.id).standing
        with pytest.raises(NotSignedIn):
            field.intake.by_secret(feed.secret)


@pytest.mark.parametrize(
    "without", [{"authority": " "}, {"assessment": ""}, {"until": 91}], ids=("authority", "assessment", "end")
)
def test_without_an_authority_an_assessment_or_an_end_none_may_send(
    tmp_path: Path, without: dict[str, object]
) -> None:
    with a_field(tmp_path) as field:
        if isinstance(days := without.get("until"), int):
            without = {"until": field.now + timedelta(days=days)}
        with pytest.raises(NotLawful) as refused:
            field.feed(**without)  # type: ignore[arg-type]
        assert rules_of(refused.value) == {"L29/sensor"}
        assert register.feeds_of(field.office, OTHER) == []
        assert field.verbs() == ["refused"]


@pytest.mark.parametrize(("name", "wrong"), [("name", {"name": " "}), ("unit", {"unit": "x" * 121})])
def test_what_cannot_be_is_refused_with_its_field(tmp_path: Path, name: str, wrong: dict[str, str]) -> None:
    with a_field(tmp_path) as field:
        with pytest.raises(BadInput) as refused:
            field.feed(**wrong)  # type: ignore[arg-type]
        assert refused.value.field == name
        with pytest.raises(BadInput, match="ends before it begins"):
            field.feed(until=field.now)


def test_what_is_ended_sends_no_more_and_is_not_ended_twice(tmp_path: Path) -> None:
    with a_field(tmp_path) as field:
        feed = field.feed()
        with pytest.raises(NotFound):
            register.end(field.office, OTHER, feed.id)  # who may not register may not end
        register.end(field.office, DESK, feed.id)
        with pytest.raises(NotSignedIn):
            field.intake.by_secret(feed.secret)
        with pytest.raises(NotSignedIn):
            field.intake.take(feed.id, [])  # a connection that is open is refused as well
        with pytest.raises(Conflict):
            register.end(field.office, DESK, feed.id)
        assert field.verbs()[-1] == "sensor-ended"


def test_whose_roles_do_not_let_them_see_any_sees_none(tmp_path: Path) -> None:
    with a_field(tmp_path) as field:
        feed = field.feed()
        with pytest.raises(NotLawful):
            register.feeds_of(field.office, AUDITOR)
        with pytest.raises(NotFound):
            register.feed_of(field.office, AUDITOR, feed.id)
