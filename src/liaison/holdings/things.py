"""Vehicles, telephones, accounts and organisations in memory: found by their numbers alone, exactly.

Plates are looked up as they are read, in Latin letters whatever script they were typed in, and on request by the
signs that readers of plates confuse; every other number by its keyed digest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from liaison.formats.vehicles.folding import folded
from liaison.holdings.indexing import LightAccount, LightOrganisation, LightPhone, LightThing, LightVehicle
from liaison.holdings.shelves import keyed
from liaison.holdings.words import plain
from liaison.matching.plates import Plates
from liaison.model.text import compact

PLATE = "plate"


@dataclass(frozen=True, slots=True)
class Sighted:
    """A vehicle's record by a plate that was read: the plate as it is recorded, and whether it reads the same."""

    holding: str
    plate: str
    exact: bool


class Things:
    """Things that can be found. key: what their digests are made under. Never changed: a new one is made."""

    def __init__(self, key: bytes, held: Mapping[str, LightThing]) -> None:
        self.held, self._key = dict(held), key
        self._found: dict[bytes, list[str]] = defaultdict(list)
        self._vehicles: list[tuple[str, str, str]] = []  # record, plate as it is recorded, as it is compared
        for id, thing in self.held.items():
            for kind, text in numbers(thing):
                if kind == PLATE and text.isascii() and isinstance(thing, LightVehicle):
                    self._vehicles.append((id, thing.plate, text))
                else:
                    self._found[keyed(key, kind, text)].append(id)
        self._plates = Plates([plate for *_, plate in self._vehicles])

    def changed(self, gone: Iterable[str], come: Mapping[str, LightThing]) -> Things:
        """The same without those that are gone, and with those that come."""
        gone = set(gone)
        if not come and not gone & self.held.keys():
            return self
        kept = {id: thing for id, thing in self.held.items() if id not in gone}
        return Things(self._key, kept | dict(come))

    def ended(self, holding: str, today: str) -> bool:
        """Whether a record has ended on this day, though nobody has erased it yet."""
        return bool(until := self.held[holding].until) and until <= today

    def find(self, kind: str, text: str) -> list[str]:
        """The records of a phone, imei, iban, vin, account (`INSTITUTION/NUMBER`), register or organisation."""
        return list(self._found.get(keyed(self._key, kind, normal(kind, text)), ()))

    def vehicles(self, plate: str, *, confusable: bool = False) -> list[Sighted]:
        """The vehicles whose plate is this one or, where asked, is easily taken for it."""
        asked = normal(PLATE, plate)
        if not asked.isascii():
            return [Sighted(id, asked, exact=True) for id in self.find(PLATE, plate)]
        _, exact = self._plates.find([asked])
        same = set(exact.tolist())
        _, found = self._plates.find([asked], confusable=True) if confusable else (None, exact)
        places = sorted({*same, *found.tolist()})
        return [Sighted(self._vehicles[at][0], self._vehicles[at][1], at in same) for at in places]

    def of_marks(self, marks: Sequence[str]) -> list[tuple[int, Sighted]]:
        """Every vehicle whose plate is one of these, or is easily taken for it, with the place of the mark among them.
        Marks are as `normal` writes them, in ASCII."""
        places, found = self._plates.find(marks, confusable=True)
        pairs = zip(places.tolist(), found.tolist(), strict=True)
        return [(place, self._sighted(at, marks[place])) for place, at in pairs]

    def _sighted(self, at: int, mark: str) -> Sighted:
        holding, plate, compared = self._vehicles[at]
        return Sighted(holding, plate, compared == mark)


def numbers(thing: LightThing) -> Iterator[tuple[str, str]]:
    """What a thing is found by: the kind of number, and its normal form."""
    match thing:
        case LightVehicle(plate=plate, vin=vin):
            said = [(PLATE, plate), ("vin", vin)]
        case LightPhone(number=number, imei=imei):
            said = [("phone", number), ("imei", imei)]
        case LightAccount(iban=iban, number=number, institution=institution):
            said = [("iban", iban), ("account", f"{institution}/{number}" if number else "")]
        case LightOrganisation(names=names, register_number=register):
            said = [("register", register), *(("organisation", name) for name in names)]
    return ((kind, normal(kind, text)) for kind, text in said if text)


def normal(kind: str, text: str) -> str:
    """A number or name as it is compared. A letter of a plate without a Latin twin stays as it is."""
    if kind == PLATE:
        return folded(text, PLATE).text
    return plain(text) if kind == "organisation" else compact(text)
