"""People of a small agency for the tests, made through the same verbs that an administrator uses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from liaison import policy
from liaison.ledger.log import size
from liaison.ledger.statements import Statement
from liaison.model.categories import CaseId
from liaison.model.grounds import Grounds, Purpose
from liaison.model.roles import Role
from liaison.office import Office
from liaison.officers import invitations, service, sessions
from liaison.officers.settings import Argon, Settings
from liaison.officers.sign_in import sign_in_password
from liaison.officers.signed import Signed
from tests.node_fixtures import FixedClock, an_office
from tests.overseer import approve, overseer, with_roles

CHEAP = Settings(argon=Argon(passes=1, memory=64, lanes=1))
WORDS = "correct horse battery staple"


@dataclass
class Agency:
    """An office with its first administrator signed in; `hire` adds others."""

    office: Office
    clock: FixedClock
    chief: Signed
    tokens: dict[str, str] = field(default_factory=dict)

    def hire(self, name: str, *roles: Role, person: str = "", email: str = "") -> Signed:
        """A new account, of a new person unless one is named, signed in."""
        if not person:
            newcomer = service.Newcomer(name.title(), email=email)
            person = service.create_person(self.office, self.chief.actor, newcomer)
        made = with_roles(self.office, self.chief.actor, person, name, frozenset(roles), CHEAP)
        return self.accept(name, made.invitation.token)

    @property
    def watchful(self) -> policy.Actor:
        """The overseer who approves what `hire` asks."""
        return overseer(self.office, self.chief.actor, CHEAP)

    def approve(self, approval: str) -> str:
        """The approval, given by the overseer of `hire`."""
        return approve(self.office, self.chief.actor, approval, CHEAP)

    def accept(self, name: str, token: str) -> Signed:
        """The owner of an invitation, signed in."""
        done = invitations.accept_with_password(self.office, token, WORDS, settings=CHEAP)
        self.tokens[name] = done.token
        return self.again(name)

    def again(self, name: str) -> Signed:
        """Who is signed in under this name, as the next request would find them."""
        return sessions.signed_in(self.office, self.tokens[name])

    def ledger(self) -> list[Statement]:
        """Everything that was recorded, in order."""
        log = self.office.log
        return self.office.read(
            lambda connection: [log.statement(connection, index) for index in range(size(connection))]
        )

    def verbs(self) -> list[str]:
        """What was recorded, in order."""
        return [statement.what for statement in self.ledger()]

    def rows(self, table: Any) -> list[Any]:
        """A table's rows."""
        return self.office.read(lambda connection: list(connection.execute(select(table))))

    def grounds(self, who: Signed) -> Grounds:
        """Grounds that the demo pack accepts."""
        return Grounds(
            purpose=Purpose.INVESTIGATION,
            case=CaseId("case-1"),
            basis="task",
            justification="The caller named this person as the driver.",
            officer=who.actor.person,
            given=self.office.now(),
            offence="fraud",
        )


@contextmanager
def an_agency(folder: Path, kind: str = "sqlite") -> Iterator[Agency]:
    """An agency on an empty database, with one administrator, `chief`."""
    clock = FixedClock()
    with an_office(folder, kind, clock) as office:
        service.first_administrator(office, "Chief Administrator", "chief", WORDS, CHEAP)
        done = sign_in_password(office, "chief", WORDS, settings=CHEAP)
        yield Agency(office, clock, sessions.signed_in(office, done.token), {"chief": done.token})
