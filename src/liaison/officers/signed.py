"""Who is signed in, as every other part is given it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from liaison import policy
from liaison.model.roles import Capability, Role, capabilities
from liaison.officers.states import Method


@dataclass(frozen=True, slots=True)
class Preferences:
    """How somebody likes the screen: a language tag ("" as the browser asks), a theme, keyboard shortcuts."""

    language: str = ""
    theme: str = "auto"
    shortcuts: bool = True


@dataclass(frozen=True, slots=True)
class Signed:
    """The person behind one request. `session` is the id of the session or token, `since` when it was opened."""

    actor: policy.Actor
    account: str
    name: str
    preferences: Preferences
    session: str
    method: Method
    since: datetime

    @property
    def roles(self) -> frozenset[Role]:
        """The roles of the account that is signed in with."""
        return self.actor.roles

    @property
    def language(self) -> str:
        """A language tag, or empty: as the browser asks."""
        return self.preferences.language

    @property
    def theme(self) -> str:
        """auto, light or dark."""
        return self.preferences.theme

    @property
    def shortcuts(self) -> bool:
        """Whether single keys do something."""
        return self.preferences.shortcuts

    def may(self, capability: Capability) -> bool:
        """Whether their roles and training bring this; what the law says comes on top of it."""
        return capability in capabilities(self.roles, trained=self.actor.trained)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session: `token` is the secret for the cookie, kept nowhere else."""

    token: str
    session: str
    account: str
    person: str
