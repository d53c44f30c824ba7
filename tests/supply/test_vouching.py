"""An originator that is not known here is the one whose card came with its item, and nobody else of that name (A04)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from liaison.supply.arriving import take_notice
from liaison.supply.documents import Kind, Told
from liaison.supply.items import Supplied, digest, sign_item, unverified
from liaison.supply.refusing import NotTaken
from tests.partners.pairs import Side, a_side
from tests.supply.offices import Agency, Net, agencies
from tests.supply.test_receiving import a_notice, an_item, takes, through

ORIGINATOR, B, D, C = "o.example", "b.example", "d.example", "c.example"


@pytest.fixture
def net(tmp_path: Path) -> Iterator[Net]:
    with agencies(tmp_path, ORIGINATOR, B, D, C) as made:
        yield made


@contextmanager
def impostor(folder: Path) -> Iterator[Side]:
    """A node that gave itself the originator's name; a hostile partner shows its card."""
    with a_side(folder / "impostor", ORIGINATOR, 77) as side:
        yield side


def changed(supplied: Supplied, by: Side) -> Supplied:
    """The item anew, as the impostor signs it."""
    item = msgspec.structs.replace(unverified(supplied.item), revision=2, why="Somebody else")
    text, card = sign_item(item, by.keys.document), by.card().text
    return msgspec.structs.replace(supplied, item=text, chain=(ORIGINATOR, C), card=card)


def hears(agency: Agency, sender: str, told: Told) -> str:
    word: str = agency.do(
        lambda connection: take_notice(agency.office, agency.means, connection, sender, told)
    )
    return word


def test_nobody_of_an_unknown_originators_name_disposes_of_its_item(net: Net, tmp_path: Path) -> None:
    o, b, d, _ = net.agencies.values()
    supplied = an_item(o, b)
    (item,) = takes(d, B, through(o, b, supplied))
    assert item.vouched
    with impostor(tmp_path) as other:
        forged = a_notice(o, item.item, key=other.keys.document)
        told = msgspec.structs.replace(forged, chain=(ORIGINATOR, C), card=other.card().text)
        with pytest.raises(NotTaken) as caught:
            hears(d, C, told)
        assert caught.value.code == "other-originator"
        with pytest.raises(NotTaken) as caught:
            takes(d, C, changed(supplied, other))
        assert caught.value.code == "other-originator"
    assert (d.held(item.item).state, d.held(item.item).revision) == ("held", 1)
    real = msgspec.structs.replace(a_notice(o, item.item), chain=(ORIGINATOR, B), card=o.side.card().text)
    assert hears(d, B, real) == "applied"
    assert d.held(item.item).state == "recalled"


def test_a_correction_under_another_card_before_the_item_does_not_count(net: Net, tmp_path: Path) -> None:
    o, b, d, _ = net.agencies.values()
    supplied = an_item(o, b)
    with impostor(tmp_path) as other:
        forged = changed(supplied, other)
        said = {"kind": Kind.CORRECT, "replacement": digest(forged.item), "key": other.keys.document}
        told = a_notice(o, unverified(supplied.item).id, **said)
        told = msgspec.structs.replace(told, chain=(ORIGINATOR, C), card=forged.card, replacement=forged.item)
        assert hears(d, C, told) == "kept for later"
    (item,) = takes(d, B, through(o, b, supplied))
    assert (d.held(item.item).revision, d.held(item.item).corrected) == (1, 0)
