"""What holds of passwords, sessions, limits and roles: pure rules over plain values."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address

from liaison.model.errors import BadInput
from liaison.model.roles import HOLDERS, Capability, Role, clash
from liaison.officers.settings import BackOff, Lasting

SHORTEST, LONGEST = 12, 256  # characters of a password
OVERSEERS = HOLDERS[Capability.REVIEW_BREAK_GLASS]  # approve what administrators may not do alone
LEFT_OVER = 8  # characters that a password has besides its owner's name
SEEN_EVERY = timedelta(minutes=1)  # how often a session's last request is written down
# The stems of the passwords that lists of stolen ones hold most often; short ones come back with digits around them
_COMMON = """
password passwort motdepasse fjalekalimi fjalekalim parola contrasena senha letmein welcome mirdita bonjour admin
administrator qwerty qwertyuiop qwertz qwertzuiop azerty asdfgh asdfghjkl zxcvbn zxcvbnm iloveyou monkey dragon
football baseball sunshine princess superman batman starwars master shadow trustno changeme secret default abc abcd
police polizei policia liaison officer investigator summer winter spring autumn google facebook computer internet
"""
COMMON = frozenset(_COMMON.split())
ROWS = ("abcdefghijklmnopqrstuvwxyz", "0123456789012345678901234567890", "qwertyuiopasdfghjklzxcvbnm")


def password_of(text: str, *, about: Iterable[str] = ()) -> str:
    """The password in the form it is hashed in (NFKC). `about` are its owner's name and sign-in name.

    Raises BadInput for one that is short, common, or made of the name. No mixture of characters is asked for
    (NIST SP 800-63B, 3.1.1.2).
    """
    kept = in_form(text)
    if not SHORTEST <= len(kept) <= LONGEST:
        raise _weak(f"a password has {SHORTEST} to {LONGEST} characters")
    if _common(kept.casefold()):
        raise _weak("this password is one of the first that would be tried")
    if len(_without(kept.casefold(), about)) < LEFT_OVER:
        raise _weak("the password is little more than a name")
    return kept


def in_form(text: str) -> str:
    """A password as it is hashed, whichever keyboard it was typed on."""
    return unicodedata.normalize("NFKC", text)


def _weak(message: str) -> BadInput:
    return BadInput(message, field="password", hint="take four or more words that do not belong together")


def _common(folded: str) -> bool:
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", folded)
    stem = re.sub(r"[^a-z]", "", core.translate(str.maketrans("013457@$", "oleastas")))
    bare = re.sub(r"[\W\d_]", "", folded)
    if {stem, bare, _unit(bare), _unit(stem)} & COMMON:
        return True
    return len(set(folded)) < 5 or len(_unit(folded)) < 5 or any(_in_row(folded, row) for row in ROWS)


def _unit(text: str) -> str:
    """The shortest part that the text repeats, if only in part at its end."""
    sizes = range(1, len(text) // 2 + 1)
    repeated = (text[:size] for size in sizes if text[size:] == text[:-size])
    return next(repeated, text)


def _in_row(folded: str, row: str) -> bool:
    return folded in row * 2 or folded in row[::-1] * 2


def _without(folded: str, about: Iterable[str]) -> str:
    """The password without the words of these names."""
    for name in about:
        for word in re.findall(r"\w{3,}", unicodedata.normalize("NFKC", name).casefold()):
            folded = folded.replace(word, "")
    return folded


def session_over(created: datetime, seen: datetime, now: datetime, lasting: Lasting) -> bool:
    """Whether a session has lasted too long, or too long without a request. A clock set back ends it as well."""
    if now < created - SEEN_EVERY:
        return True
    return now - created >= lasting.absolute or now - seen >= lasting.idle


def seen_again(seen: datetime, now: datetime) -> bool:
    """Whether a request is worth writing down."""
    return now - seen >= SEEN_EVERY


def wait_after(count: int, limit: BackOff) -> timedelta:
    """How long to wait after so many failures in a row."""
    over = count - limit.free
    if over <= 0:
        return timedelta(0)
    doubled: timedelta = limit.first * 2 ** min(over - 1, 30)
    return min(limit.longest, doubled)


def still_waiting(free: datetime, now: datetime, limit: BackOff) -> timedelta:
    """How long is left to wait until `free`; never over the longest, wherever the clock was."""
    return max(timedelta(0), min(free - now, limit.longest))


def counted(count: int, last: datetime | None, now: datetime, limit: BackOff) -> int:
    """The failures that still count, with one more."""
    return 1 if last is None or now - last >= limit.forgotten else count + 1


def network_of(remote: str) -> str:
    """What an address is counted as: an IPv6 address as its /64, all of which one subscriber has."""
    try:
        address = ip_address(remote.strip())
    except ValueError:
        return remote[:200]
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(IPv6Network((int(address) >> 64 << 64, 64)))
    return str(address)


def copied(uses: int, shown: int) -> bool:
    """Whether a passkey's counter says that there are two of it (WebAuthn, 6.1.1); one that always says 0 has none."""
    return (uses > 0 or shown > 0) and shown <= uses


def made_alone(added: Iterable[Role], overseers: int) -> bool:
    """Whether these roles may be given by one administrator alone: to the first overseer, and to nobody else.

    Every other role takes an overseer's approval, an administrator's too: who sees content could be invented by an
    administrator, and so could a second one, who would approve for them (threat A22). `overseers` are the accounts that
    have not ended and hold a role of OVERSEERS, opened or not.
    """
    given = frozenset(added)
    return bool(given) and given <= OVERSEERS and overseers == 0


def together(roles: Iterable[Role]) -> frozenset[Role]:
    """These roles of one person, over all their accounts. Raises BadInput where two clash."""
    held = frozenset(roles)
    if pair := clash(held):
        raise BadInput(
            f"one person cannot be {pair[0].label.lower()} and {pair[1].label.lower()}",
            field="roles",
            hint="whoever runs or oversees the node does not also work with it",
        )
    return held


def text_of(text: str, field: str, *, shortest: int = 1, longest: int = 2000) -> str:
    """A text of a person, without space around it. Raises BadInput for too little or too much of it."""
    kept = unicodedata.normalize("NFC", text).strip()
    if not shortest <= len(kept) <= longest:
        raise BadInput(
            f"the {field} has {len(kept)} characters", field=field, hint=f"write {shortest} to {longest}"
        )
    return kept
