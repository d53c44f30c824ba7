"""A hostile partner: whoever holds the keys of a partner that is paired and agreed, and what it tries by its letters.

ATTACKS has the rows A01 to A05 and A34 of docs/threats.md from here; hostile_bytes.py adds what is in no form, and
hostile_content.py what is said in letters that are. Each attack does what it does inside `scene.unchanged()`:
afterwards every table is as it was, but for those that record the attempt, and an honest partner gets through within
a second.
"""

from __future__ import annotations

import base64
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import func, select

from liaison.model import canonical
from liaison.partners import directory
from liaison.partners.agreement import Agreement
from liaison.partners.cards import packed
from liaison.partners.rules import Lane
from liaison.storage.tables.ledger import ENTRIES
from liaison.storage.tables.transport import CONFLICTS, INBOX
from liaison.transport.calls import CARD, LETTERS, PAIRING
from liaison.transport.letters import Receipt
from liaison.transport.partnering import AgreementLetter, CardLetter
from tests.hostile_house import House, Partner, jws

NOTHING: frozenset[str] = frozenset()


@dataclass
class Scene:
    """The house, an honest partner, and a hostile one that is new for each attack."""

    house: House
    honest: Partner
    hostile: Partner
    folder: Path
    watched: int = 0

    @contextmanager
    def unchanged(self, *also: str) -> Iterator[None]:
        """What happens inside changes nothing, breaks nothing in the background and delays nobody."""
        before = self.house.settled(frozenset(also))
        yield
        self.honest.is_served()
        self.house.work()
        after = self.house.settled(frozenset(also))
        changed = [name for name in before if before[name] != after[name]]
        assert not changed, changed
        self.watched += 1

    def refused(self, code: str, *letters: bytes) -> list[Receipt]:
        """Each of these letters is refused with this code."""
        receipts = self.hostile.send(*letters)
        told = [(each.outcome.value, each.code) for each in receipts]
        assert told == [("refused", code)] * len(letters), told
        return receipts

    def refuses(self, code: str, kind: str, body: Any, **said: Any) -> Receipt:
        """A letter of this kind is refused with this code."""
        return self.refused(code, self.hostile.letter(kind, body, **said))[0]

    def accepted(self, *letters: bytes) -> None:
        """Each of these letters is taken."""
        told = [(each.outcome.value, each.code) for each in self.hostile.send(*letters)]
        assert told == [("accepted", "")] * len(letters), told

    def entries(self) -> int:
        """How many entries the ledger has."""
        return int(self.house.rows(select(func.count()).select_from(ENTRIES))[0][0])

    def inbox(self, origin: str) -> list[Any]:
        """The letters that were taken from a partner, in the order of their lanes."""
        mine = INBOX.c.partner == self.partner(origin).id
        return self.house.rows(select(INBOX).where(mine).order_by(INBOX.c.lane, INBOX.c.number))

    def count(self, origin: str) -> int:
        """How many letters were taken from a partner."""
        return len(self.inbox(origin))

    def conflicts(self) -> int:
        """How many letters are kept as evidence against the hostile partner."""
        mine = CONFLICTS.c.partner == self.partner(self.hostile.origin).id
        return len(self.house.rows(select(CONFLICTS).where(mine)))

    def partner(self, origin: str) -> directory.Partner:
        """A partner as the house knows it."""
        return self.house.here.office.read(lambda connection: directory.partner(connection, origin))

    def agreement(self) -> Agreement:
        """The agreement with the hostile partner."""
        agreed = self.partner(self.hostile.origin).agreement
        assert agreed is not None
        return agreed

    def plays(self, attack: Attack) -> None:
        """Play an attack; it has to watch what it does."""
        attack.act(self)
        assert self.watched, "nothing was watched"


@dataclass(frozen=True)
class Attack:
    """One attack: the row of docs/threats.md, a name, and what is done."""

    row: str
    name: str
    act: Callable[[Scene], None] = field(repr=False)


ATTACKS: list[Attack] = []


def attack(row: str) -> Callable[[Callable[[Scene], None]], Callable[[Scene], None]]:
    """Put a function on the list of attacks."""

    def listed(act: Callable[[Scene], None]) -> Callable[[Scene], None]:
        ATTACKS.append(Attack(row, act.__name__.replace("_", "-"), act))
        return act

    return listed


# --- A01: the same again -----------------------------------------------------------------------------------------

REPEATS = 200


@attack("A01")
def the_same_request_again(scene: Scene) -> None:
    """The bytes of a whole request, captured and sent again."""
    body = canonical.encode({"letters": [scene.hostile.known_card().decode()]})
    message = scene.hostile.signature("POST", LETTERS, body)
    assert scene.hostile.put(message).status_code == 200
    with scene.unchanged("letters_in"):
        entries = scene.entries()
        assert {scene.hostile.put(message).status_code for _ in range(20)} == {403}
        assert scene.entries() == entries


@attack("A01")
def the_same_letter_again(scene: Scene) -> None:
    """One letter in many new requests, and many times in one."""
    letter = scene.hostile.known_card()
    (first,) = scene.hostile.send_raw(letter)
    with scene.unchanged("letters_in"):
        entries = scene.entries()
        for _ in range(20):
            assert scene.hostile.send_raw(letter) == [first]
        assert scene.hostile.send_raw(*[letter] * REPEATS) == [first] * REPEATS
        assert scene.entries() == entries


@attack("A01")
def the_same_letter_after_thirty_days(scene: Scene) -> None:
    letter = scene.hostile.known_card()
    (first,) = scene.hostile.send_raw(letter)
    with scene.unchanged():
        with scene.house.clock.set(days=30):
            assert scene.hostile.send_raw(letter) == [first]
            scene.accepted(scene.hostile.known_card())
        assert scene.hostile.send_raw(letter) == [first]


@attack("A01")
def the_same_letter_after_a_restart(scene: Scene) -> None:
    letter = scene.hostile.known_card()
    body = canonical.encode({"letters": [letter.decode()]})
    message = scene.hostile.signature("POST", LETTERS, body)
    (first,) = scene.hostile.send_raw(letter)
    with scene.unchanged("index_snapshots"):
        scene.house.restart()
        assert scene.hostile.send_raw(letter) == [first]
        answer = scene.hostile.put(message)  # captured before, and its nonce is not remembered any more
        assert answer.status_code == 200
        assert canonical.decode(answer.content) == {"receipts": [first.decode()]}


@attack("A01")
def the_same_letters_after_a_restore(scene: Scene) -> None:
    """What the copy has is answered as then; what it lacks is taken once more, in order, and counts once."""
    old, later = scene.hostile.known_card(), scene.hostile.known_card()
    (first,) = scene.hostile.send_raw(old)
    with scene.unchanged("index_snapshots"):
        with scene.house.restored():
            scene.accepted(later)
        assert scene.hostile.send_raw(old) == [first]
        scene.accepted(later)
        again = scene.hostile.send_raw(later, later)
        assert again[0] == again[1]
        assert scene.count(scene.hostile.origin) == 2


# --- A02: two under one name -------------------------------------------------------------------------------------


@attack("A02")
def another_letter_under_the_same_id(scene: Scene) -> None:
    first = scene.hostile.known_card(id="letter-abcdefgh")
    other = scene.hostile.known_card(id="letter-abcdefgh", thread="thread-2")
    (receipt,) = scene.hostile.send_raw(first)
    with scene.unchanged("letters_in"):
        evidence = scene.conflicts()
        once = scene.hostile.send(other)[0]
        assert (once.outcome.value, once.code) == ("conflict", "other-letter")
        assert scene.hostile.send(other) == [once]
        assert scene.conflicts() == evidence + 1
        assert scene.hostile.send_raw(first) == [receipt]


@attack("A02")
def another_letter_under_the_same_number(scene: Scene) -> None:
    first = scene.hostile.known_card()
    (receipt,) = scene.hostile.send_raw(first)
    with scene.unchanged("letters_in"):
        other = scene.hostile.known_card(number=1)
        told = scene.hostile.send(other)[0]
        assert (told.outcome.value, told.code) == ("conflict", "other-letter")
        assert scene.hostile.send_raw(first) == [receipt]
        # the other id counts for nothing: it may not be carried into a free number either
        scene.accepted(scene.hostile.known_card(number=2))


# --- A03: disorder -----------------------------------------------------------------------------------------------


@attack("A03")
def from_the_last_to_the_first(scene: Scene) -> None:
    letters = [scene.hostile.known_card() for _ in range(20)]
    with scene.unchanged():
        for letter in reversed(letters[1:]):
            (told,) = scene.hostile.send(letter)
            assert (told.outcome.value, told.wanted) == ("gap", 1)
        assert scene.count(scene.hostile.origin) == 0
        scene.accepted(*letters)
        assert scene.count(scene.hostile.origin) == 20


@attack("A03")
def shuffled_doubled_and_with_gaps(scene: Scene) -> None:
    """Whatever the order in which they come, they are taken in their own and once each."""
    chance = random.Random(3)
    lanes = [chance.choice(list(Lane)) for _ in range(40)]
    letters = [scene.hostile.known_card(lane=lane) for lane in lanes]
    with scene.unchanged():
        taken: set[bytes] = set()
        while len(taken) < len(letters):
            heap = letters * 2
            chance.shuffle(heap)
            told = scene.hostile.send(*heap)
            taken |= {one for one, each in zip(heap, told, strict=True) if each.outcome.value == "accepted"}
            assert {each.outcome.value for each in told} <= {"accepted", "gap"}
        mine = scene.inbox(scene.hostile.origin)
        for lane in Lane:
            numbers = [row.number for row in mine if row.lane == lane.value]
            assert numbers == list(range(1, lanes.count(lane) + 1))


@attack("A03")
def far_past_the_end(scene: Scene) -> None:
    with scene.unchanged("letters_in"):
        for number in (2, 10**9, 2**53 - 1):
            (told,) = scene.hostile.send(scene.hostile.known_card(number=number))
            assert (told.outcome.value, told.wanted) == ("gap", 1)


# --- A04: another's name -----------------------------------------------------------------------------------------


@attack("A04")
def a_letter_in_anothers_name(scene: Scene) -> None:
    hostile, honest = scene.hostile, scene.honest
    with scene.unchanged("letters_in"):
        scene.refused("names", hostile.known_card(number=1, sender=honest.origin))
        scene.refused("names", hostile.known_card(number=1, sender="nobody.example"))
        scene.refused("names", hostile.known_card(number=1, recipient=honest.origin))
        stolen = honest.letter("card", CardLetter(card=honest.card.text), number=7)
        scene.refused("names", stolen)


@attack("A04")
def a_letter_that_another_signed(scene: Scene) -> None:
    with scene.unchanged("letters_in"):
        scene.refused("key", scene.hostile.known_card(number=1, key=scene.honest.keys.document))


@attack("A04")
def a_call_in_anothers_name(scene: Scene) -> None:
    """The channel is the one's, the request another's: by key, by name of the key, and both."""
    hostile, honest = scene.hostile, scene.honest
    body = canonical.encode({"letters": [honest.known_card(number=9).decode()]})
    with scene.unchanged("letters_in"):
        for said in (
            {"key": honest.keys.channel, "name": honest.keys.channel_id},
            {"name": honest.keys.channel_id},
            {"key": honest.keys.channel},
            {"name": "0" * 16},
        ):
            answer = hostile.put(hostile.signature("POST", LETTERS, body, **said))
            assert (answer.status_code, answer.content) == (403, b"")


@attack("A04")
def a_card_of_another(scene: Scene) -> None:
    hostile, honest = scene.hostile, scene.honest
    with scene.unchanged():
        scene.refuses("content", "card", CardLetter(card=honest.signed_card().text))
        answer = hostile.call("POST", PAIRING, canonical.encode({"card": honest.card.text}))
        assert answer.status_code == 400


@attack("A04")
def a_card_that_names_anothers_keys(scene: Scene) -> None:
    """Nothing proves that who names a key holds it: another's must not be taken, or it would be locked out."""
    hostile, honest = scene.hostile, scene.honest
    keys = hostile.next_keys()
    with scene.unchanged():
        for name in ("channel", "document", "seal"):
            stolen = getattr(honest.card.card, name)
            card = hostile.signed_card(keys, **{name: stolen})
            ends = {"last_urgent": 100, "last_ordinary": 100}
            scene.refuses("state", "card", CardLetter(card=card.text, **ends))


# --- A05: a key for another purpose ------------------------------------------------------------------------------


@attack("A05")
def a_letter_under_a_key_for_something_else(scene: Scene) -> None:
    hostile = scene.hostile
    with scene.unchanged("letters_in"):
        scene.refused("key", hostile.known_card(number=1, key=hostile.keys.channel))
        identity = scene.hostile.identity
        text = hostile.known_card(number=1).rpartition(b".")[0]
        apart = identity.sign_apart(b"liaison card v1\n", text)
        scene.refused("signature", text + b"." + packed(apart).encode())


@attack("A05")
def a_call_under_the_key_for_letters(scene: Scene) -> None:
    hostile = scene.hostile
    with scene.unchanged("letters_in"):
        for name in (hostile.keys.channel_id, hostile.keys.document_id):
            answer = hostile.put(hostile.signature("GET", CARD, b"", key=hostile.keys.document, name=name))
            assert (answer.status_code, answer.content) == (403, b"")


@attack("A05")
def a_document_of_another_type(scene: Scene) -> None:
    hostile = scene.hostile
    with scene.unchanged("letters_in"):
        payload = base64.urlsafe_b64decode(hostile.known_card(number=1).split(b".")[1] + b"==")
        for typ in ("liaison-receipt", "liaison-item", "liaison-consent", "JWT"):
            scene.refused("form", jws(payload, hostile.keys.document, typ=typ))


@attack("A05")
def a_letter_of_another_federation(scene: Scene) -> None:
    with scene.unchanged("letters_in"):
        for name in ("trial", "Test", "tes"):
            scene.refused("federation", scene.hostile.known_card(number=1, federation=name))


# --- A34: downgrade ----------------------------------------------------------------------------------------------


@attack("A34")
def a_letter_of_another_version(scene: Scene) -> None:
    with scene.unchanged("letters_in"):
        for version in (0, 2, -1, 2**53 - 1):
            scene.refused("federation", scene.hostile.known_card(number=1, version=version))


@attack("A34")
def a_card_that_can_less(scene: Scene) -> None:
    """What was negotiated is never given up by a later card, of the same keys or of the next ones."""
    hostile = scene.hostile
    later = {"made": hostile.clock.now().replace(year=2099)}
    with scene.unchanged():
        for said in ({"versions": (2,)}, {"versions": (2, 3)}):
            scene.refuses("content", "card", CardLetter(card=hostile.signed_card(**said, **later).text))
            card = hostile.signed_card(hostile.next_keys(), **said, **later)
            ends = {"last_urgent": 100, "last_ordinary": 100}
            scene.refuses("content", "card", CardLetter(card=card.text, **ends))


@attack("A34")
def an_agreement_that_grants_less_or_more(scene: Scene) -> None:
    """Nothing comes into force that a supervisor of ours has not signed; nothing is negotiated down."""
    hostile = scene.hostile
    agreed = scene.agreement()
    with scene.unchanged():
        for said in ({"version": 2}, {"capabilities": ("absent",)}, {"number": agreed.number}):
            terms = {"number": agreed.number + 1, "quota": 99_999} | said
            other = msgspec.structs.replace(agreed, **terms)
            text = hostile.proposes(other)
            receipt = hostile.tell("agreement", AgreementLetter(agreement=text))
            assert (receipt.outcome.value, receipt.code in ("content", "state")) == ("refused", True)
