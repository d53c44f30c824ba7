"""What a node sets about its people: how long sessions last, how passwords are hashed, where passkeys belong."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Argon:
    """Cost of one argon2id hash. RFC 9106, section 4, second recommended option: t=3, p=4, m=64 MiB."""

    passes: int = 3
    memory: int = 65_536  # KiB
    lanes: int = 4


@dataclass(frozen=True, slots=True)
class Site:
    """Where passkeys belong: `rp_id` is the host's name, `origins` the addresses pages are served from."""

    rp_id: str = "localhost"
    origins: tuple[str, ...] = ("https://localhost",)
    name: str = "Liaison"


@dataclass(frozen=True, slots=True)
class Lasting:
    """How long a session lasts: without a request, and at the longest."""

    idle: timedelta = timedelta(minutes=30)
    absolute: timedelta = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class BackOff:
    """How long somebody waits after failures: none for `free` of them, then `first`, doubled, up to `longest`.

    Failures are forgotten after `forgotten` without another.
    """

    free: int = 5
    first: timedelta = timedelta(seconds=1)
    longest: timedelta = timedelta(minutes=15)
    forgotten: timedelta = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a node sets about its people; the defaults suit an agency.

    With `password_beside_passkey` an account that has a passkey can still be signed in with its password, which
    can be phished.
    """

    argon: Argon = field(default_factory=Argon)
    site: Site = field(default_factory=Site)
    lasting: Lasting = field(default_factory=Lasting)
    account_limit: BackOff = field(default_factory=BackOff)
    remote_limit: BackOff = field(default_factory=lambda: BackOff(free=50))
    password_beside_passkey: bool = False
    invitation: timedelta = timedelta(hours=72)
    token_longest: timedelta = timedelta(days=365)


DEFAULTS = Settings()
