"""Invented flights and travellers, from strategies and from numbers."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from hypothesis import strategies as st

from liaison.formats.manifests import (
    Flight,
    Kind,
    Leg,
    Manifest,
    Passenger,
    Role,
    TravelDocument,
)
from liaison.formats.manifests.model import Named

DATA = Path(__file__).parents[1] / "data"
GTAS = Path(__file__).parents[4] / "shared" / "data" / "border" / "gtas"
FLIGHT = Flight("LI", "117", "", (Leg("TIA", "LHR", "2026-03-04T12:20", "2026-03-04T16:35"),))

words = st.text("ABCDEFGHIJKLNOPQÅËŁШ", min_size=1, max_size=9)  # none ends like a title
odd = st.text("ABGL'+:?-ËШ", min_size=1, max_size=9)
texts = st.text("ABCDEFGH0123456789", min_size=1, max_size=9)
countries = st.sampled_from(["", "ALB", "GBR", "DEU", "XKX", "XXA"])
births = st.dates(date(1905, 1, 1), date(2025, 12, 31)).map(str)
expiries = st.dates(date(2000, 1, 1), date(2090, 12, 31)).map(str)


def documents(max_size: int = 2) -> st.SearchStrategy[tuple[TravelDocument, ...]]:
    one = st.builds(
        TravelDocument,
        code=st.sampled_from(["P", "I", "V", "AC"]),
        number=texts,
        issuer=countries,
        expires=expiries | st.just(""),
    )
    return st.lists(one, max_size=max_size, unique_by=lambda each: each.number).map(tuple)


def manifest(
    people: tuple[Passenger, ...], kind: Kind = Kind.PASSENGERS, message: str = "PAXLST"
) -> Manifest:
    return Manifest(
        kind=kind,
        message=message,
        version="D:02B" if message == "PAXLST" else "13:1",
        sender="LICARRIER",
        recipient="XKAPI",
        sent="2026-03-03T21:15",
        reference="117",
        flights=(FLIGHT,),
        passengers=people,
    )


def many(number: int, **more: object) -> tuple[Passenger, ...]:
    """People who differ in everything, of a given number."""
    return tuple(
        Passenger(
            names=(Named(_name(at), _name(at * 7 + 3)),),
            born=f"{1930 + at % 80}-{at % 12 + 1:02}-{at % 28 + 1:02}",
            sex="MF"[at % 2],
            nationality="ALB",
            documents=(TravelDocument("P", f"B{at:08}", "ALB", f"2030-01-{at % 28 + 1:02}"),),
            locator=f"L{at:05}",
            **more,  # type: ignore[arg-type]
        )
        for at in range(number)
    )


def _name(number: int) -> str:
    letters = "ABCDEFGHIL"
    return "".join(letters[int(digit)] for digit in f"{number:05}")


ROLES = st.sampled_from(list(Role))
