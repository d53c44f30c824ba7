import pytest

from liaison.model.errors import NotFound
from liaison.model.roles import Role
from liaison.officers import notices
from tests.node_fixtures import both_databases
from tests.officers.staff import Agency


@both_databases
def test_a_notice_reaches_whom_it_is_for(either: Agency) -> None:
    one, other = either.hire("one", Role.SUPERVISOR), either.hire("other", Role.SUPERVISOR)
    third = either.hire("third", Role.INVESTIGATOR)
    at = either.office.now()
    personal, general = either.office.write(
        lambda connection: (
            notices.add(connection, third.actor.person, "alert-assigned", "alert-1", at),
            notices.add(connection, Role.SUPERVISOR, "glass-broken", "glass-1", at),
        )
    )
    assert personal in [notice.id for notice in notices.waiting(either.office, third.actor)]
    notices.read(either.office, one.actor, general)
    notices.read(either.office, one.actor, general)
    assert general not in [notice.id for notice in notices.waiting(either.office, one.actor)]
    assert general in [notice.id for notice in notices.waiting(either.office, other.actor)]
    for stranger, notice in ((third, general), (one, personal), (one, "notice-none")):
        with pytest.raises(NotFound):
            notices.read(either.office, stranger.actor, notice)
