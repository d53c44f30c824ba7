"""One booking of PNRGOV while it is read: its travellers, kept apart by their references, and its journey."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from liaison.formats.manifests.building import Traveller
from liaison.formats.manifests.model import Flight, Named
from liaison.formats.manifests.names import agree, both, letters, untitled
from liaison.formats.manifests.requests import Docs

Say = Callable[[int, str, str], None]


@dataclass(slots=True)
class Booking:
    """A booking (from its SRC to the next)."""

    at: int
    locator: str = ""
    travellers: list[Traveller] = field(default_factory=list)
    by_reference: dict[str, Traveller] = field(default_factory=dict)
    journey: list[Flight] = field(default_factory=list)
    waiting: list[tuple[int, Docs]] = field(default_factory=list)  # documents before any name
    waiting_for: list[tuple[int, Docs, str]] = field(
        default_factory=list
    )  # ... that name a traveller to come
    carries_infant: list[Traveller] = field(default_factory=list)

    def named(self, at: int, name: Named, reference: str, kind: str, carries: bool) -> Traveller:
        """A traveller whom the booking names."""
        who = Traveller(segment=at, booked=name, reference=reference, infant=kind in ("IN", "INF", "IS"))
        self.travellers.append(who)
        if reference:
            self.by_reference.setdefault(reference, who)
        if carries and not who.infant:
            self.carries_infant.append(who)
        return who

    def known(self, name: Named, reference: str) -> Traveller | None:
        """A traveller who was named before, by the reference, else by the name."""
        found = self.by_reference.get(reference)
        if found is not None or (reference and self.by_reference):
            return found
        return self.by_name(name)

    def by_name(self, name: Named | None) -> Traveller | None:
        """The one traveller who may have this name; None where nobody or more than one has."""
        if name is None:
            return None
        found = [who for who in self.travellers if who.booked and agree(who.booked, name)]
        return found[0] if len(found) == 1 else None

    def whose(self, docs: Docs, current: Traveller | None) -> Traveller | None:
        """Whose a document without a reference is: the traveller's above it, unless the name is another's."""
        name = docs.name
        if current is not None and (name is None or _fits(current, name)):
            return current
        return self.by_name(name) or current

    def infant(self, at: int, adult: Traveller | None, name: Named | None, born: str) -> Traveller:
        """The infant of an adult: one that is known by this name, or the adult's only one, or a new one."""
        for who in self.infants(adult):
            own = who.booked or who.named
            if name is None or own is None or agree(own, name):
                who.infant_of, who.born = adult, who.born or born
                return who
        who = Traveller(segment=at, booked=name, infant=True, infant_of=adult, born=born)
        self.travellers.append(who)
        return who

    def infants(self, adult: Traveller | None) -> list[Traveller]:
        """The infants of an adult, and those of nobody yet."""
        return [who for who in self.travellers if who.infant and who.infant_of in (None, adult)]

    def finish(self, place: int, say: Say) -> Iterable[Traveller]:
        """The travellers in their order, with names, journey and infants settled; the first gets this place."""
        self._settle_infants(say)
        for number, who in enumerate(self.travellers):
            who.place = place + number
            who.locator = self.locator
            who.legs = tuple(self.journey)
            booked = who.booked or Named("")
            who.names = both(booked, who.named, who.sex)
            if who.named and who.booked and not _fits(who, who.named):
                say(
                    who.segment,
                    "the surname in the document is not the one in the booking; both are kept",
                    "look whose document it is",
                )
        return self.travellers

    def _settle_infants(self, say: Say) -> None:
        if not any(who.infant for who in self.travellers):
            return
        self._merge_infants()
        adults = [who for who in self.travellers if not who.infant]
        free = [who for who in self.travellers if who.infant and who.infant_of is None]
        taken = [who.infant_of for who in self.travellers if who.infant_of]
        carrying = [who for who in self.carries_infant if who not in taken]
        for who in free:
            if len(carrying) == len(free) == 1 or len(adults) == 1:
                who.infant_of = carrying[0] if len(carrying) == 1 else adults[0]
            else:
                say(who.segment, "an infant is booked, and not with whom", "look who of the booking holds it")

    def _merge_infants(self) -> None:
        """An infant that is both asked for with its adult and named by itself is one."""
        for asked in [who for who in self.travellers if who.infant and who.infant_of]:
            name = asked.booked
            twin = next(
                (
                    who
                    for who in self.travellers
                    if who.infant
                    and who.infant_of is None
                    and name
                    and who.booked
                    and agree(who.booked, name)
                ),
                None,
            )
            if twin is None:
                continue
            twin.infant_of, twin.born = asked.infant_of, twin.born or asked.born
            twin.sex, twin.nationality = twin.sex or asked.sex, twin.nationality or asked.nationality
            twin.named = twin.named or asked.named
            twin.documents = list(dict.fromkeys([*twin.documents, *asked.documents]))
            self.travellers.remove(asked)


def _fits(who: Traveller, name: Named) -> bool:
    """Whether a document with this name may be the traveller's: the surnames are one, or one begins the other."""
    if who.booked is None:
        return True
    one, two = letters(untitled(who.booked.surname)), letters(name.surname)
    return not one or not two or one.startswith(two) or two.startswith(one)
