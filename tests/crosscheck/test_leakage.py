"""Who learns what, as docs/crosscheck.md says it: held against the line, the wire and both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import select

from liaison.crosscheck.asker import looking
from liaison.crosscheck.asker.asked import entries, secrets_of
from liaison.crosscheck.function import voprf
from liaison.crosscheck.holder.making import process_of
from liaison.crosscheck.likeness.matchkeys import MatchKey, evaluated, of_question
from liaison.holdings import safeguarding
from liaison.model import canonical
from liaison.model.categories import Category
from liaison.model.subjects import Person
from liaison.ports import KeyId
from liaison.storage.sealing import unseal
from liaison.storage.tables.crosscheck import CANARIES
from tests.crosscheck.askers import STRANGER, Asked, asked
from tests.crosscheck.holder.test_epochs import _as, arrive
from tests.crosscheck.observing import (
    Observed,
    files,
    form,
    observed,
    readable,
    rows,
    texts,
    unsealed,
    written,
)
from tests.screening.conftest import crowd
from tests.screening.node import holding
from tests.two_offices import INVESTIGATOR

PAGE = Path(__file__).parents[2] / "docs" / "crosscheck.md"
BEGINS = "| what | asker's database | wire | line | holder's database |"
PLACES = ("asker's database", "wire", "line", "holder's database")
CLEAR, SEALED, SIZE, NOT = "in clear", "sealed", "by size", "—"

HELD = crowd()[:40]
SPELLED = "Gezim Vokschi;1984-02-03;ALB;"  # as the asker writes somebody whom the holder has
KNOWN = "Zephyrin Quillfeather;1961-07-19;DEU;QX7654321"  # strings that stand nowhere else
VICTIM = ("R950", "Ondine", "Marchbanks", "1979-05-23")
HITS = (SPELLED, "Agim Krasniqi;1953-02-02;ALB;", "Ondine Marchbanks;1979-05-23;ALB;", KNOWN)
MISSES = (
    STRANGER,
    "Balthasar Nimmerich;1944-08-27;DEU;",
    "Cosimo Trevignano;1939-12-24;ITA;",
    "Thorvald Ekholm;1941-02-26;SWE;",
)
MANY = tuple(f"{given} Wexford;19{30 + place}-09-2{place};GBR;" for place, given in enumerate((
    "Alistair", "Barnaby", "Crispin", "Desmond", "Edmund", "Fergus", "Gilbert", "Humphrey", "Ignatius"
)))  # fmt: skip


@dataclass
class Seen:
    """What was seen of one session that met people, and one that met nobody."""

    both: Asked
    session: str
    line: bytes
    wire: bytes
    asker: tuple[bytes, bytes]  # in clear, unsealed
    holder: tuple[bytes, bytes]
    logged: bytes
    points: list[bytes]
    forms: dict[str, tuple[object, object]] = field(
        default_factory=dict
    )  # a place: as it met people, as nobody
    sizes: list[tuple[int, int]] = field(default_factory=list)  # of the line: few points, many
    connections: int = 0

    def where(self, *needles: bytes) -> tuple[str, ...]:
        """Where one of these stands, in the order of PLACES."""
        assert needles
        assert all(len(each) > 5 for each in needles)

        def database(clear: bytes, sealed: bytes) -> str:
            return CLEAR if _any(needles, clear) else SEALED if _any(needles, sealed) else NOT

        assert not _any(needles, self.logged)
        return (
            database(*self.asker),
            CLEAR if _any(needles, self.wire) else NOT,
            CLEAR if _any(needles, self.line) else NOT,
            database(*self.holder),
        )


def _any(needles: tuple[bytes, ...], held: bytes) -> bool:
    return any(each in held for each in needles)


@pytest.fixture(name="seen", params=["sqlite", "postgresql"], scope="module")
def seen_of_two_sessions(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Seen]:
    folder = tmp_path_factory.mktemp("leakage")
    with asked(folder, request.param, HELD, made=False) as both:
        arrive(both, [_as(holding(VICTIM), Category.VICTIM)], safeguarding.SHELF)
        both.run()
        with observed(both) as seeing:
            with written() as log:
                seen = _seen(seeing, folder)
            seen.logged = log.getvalue().encode()
            yield seen


def _seen(seeing: Observed, folder: Path) -> Seen:
    both = seeing.both
    both.asks(STRANGER)  # the set is fetched, and kept
    fetched = readable([*seeing.wire.parts()])
    asked_of = {}
    for name, people in (("met", HITS), ("nobody", MISSES)):
        before = rows(both.holder.office), unsealed(both.holder.office)
        seeing.afresh()
        session = both.asks(*people)
        forms = {
            "wire": seeing.wire.form(),
            "line": seeing.line.sizes(),
            "holder's database": form(rows(both.holder.office), before[0]),
            "holder's database, unsealed": form(unsealed(both.holder.office), before[1]),
        }
        line = seeing.line.seen()
        asked_of[name] = (session, forms, readable([*seeing.wire.parts()]), line, both.evaluations()[-1])
    session, forms, wire, line, body = asked_of["met"]
    few = forms["line"]
    assert isinstance(few, tuple)
    found = Seen(
        both,
        session,
        line,
        fetched + wire,
        _database(both.asker.office, folder / "left"),
        _database(both.holder.office, folder / "right"),
        b"",
        [body[-256 * 32 :][place : place + 32] for place in range(0, 256 * 32, 32)],
        {place: (forms[place], asked_of["nobody"][1][place]) for place in forms},
        [few],
        seeing.line.connections,
    )
    both.pair.both(hours=25)
    both.asks(STRANGER)
    seeing.afresh()
    both.asks(*MANY)
    found.sizes.append(seeing.line.sizes())
    return found


def _database(office: object, folder: Path) -> tuple[bytes, bytes]:
    return readable([*texts(rows(office)), *files(folder)]), readable(texts(unsealed(office)))  # type: ignore[arg-type]


def people(seen: Seen) -> list[Person]:
    """Those who were asked about, as the asker has them."""
    office = seen.both.asker.office
    row = seen.both.session(seen.session)
    held = office.read(lambda connection: entries(connection, secrets_of(office, row).key, seen.session))
    return [each.subject for each in held.values()]  # type: ignore[misc]


def keys(seen: Seen) -> list[MatchKey]:
    return [key for one in people(seen) for key in of_question(one)]


def heads(seen: Seen, inputs: list[bytes]) -> tuple[bytes, ...]:
    """The first bytes of outputs, both ways round; only the holder can work them out alone."""
    both = seen.both
    made = process_of(both.holder.office, both.holder.means, both.epoch()).heads(inputs)
    return tuple(
        each for head in made.tolist() for each in (head.to_bytes(8, "big"), head.to_bytes(8, "little"))
    )


def outputs_of_who_is_not_there(seen: Seen) -> tuple[str, ...]:
    own = [evaluated(seen.both.partner_name, key) for key in of_question(people(seen)[3])]
    return seen.where(*heads(seen, own))


def canaries(seen: Seen) -> tuple[bytes, ...]:
    """The names of those who are long enough to be looked for."""
    office, key = seen.both.holder.office, seen.both.epoch().key
    secret = office.keys.fetch([KeyId(key)])[0]
    held = office.read(lambda connection: connection.execute(select(CANARIES)).all())
    people = [
        canonical.decode(unseal(secret, row.sealed, f"crosscheck_canaries:{row.id}"), Person) for row in held
    ]
    names = [name for one in people for name in (one.names[0].given, one.names[0].surname)]
    return tuple(name.encode() for name in names if len(name) > 5)


def seeds(seen: Seen) -> tuple[bytes, ...]:
    row = seen.both.session(seen.session)
    seed, leg = secrets_of(seen.both.asker.office, row).seed, seen.both.leg(seen.session).id
    return _written(seed, voprf.batch_seed(seed, leg, 1), *looking.padding(seed, leg, 1))


def secret(seen: Seen) -> tuple[bytes, ...]:
    epoch = seen.both.epoch()
    return _written(*seen.both.holder.office.keys.fetch([epoch.seed, epoch.key]))


def _written(*values: bytes) -> tuple[bytes, ...]:
    return tuple(form for each in values for form in (each, each.hex().encode()))


def overlaps(seen: Seen) -> tuple[str, ...]:
    """What a session that met people and one that met nobody leave behind has one form, but at the asker's."""
    assert seen.both.hits(seen.session) == [1, 2]
    same = {place: one == other for place, (one, other) in seen.forms.items()}
    holder = same["holder's database"] and same["holder's database, unsealed"]
    return CLEAR, *(NOT if each else SIZE for each in (same["wire"], same["line"], holder))


def points(seen: Seen) -> tuple[str, ...]:
    few, many = seen.sizes
    found = [*seen.where(b'"all_points":256', b'"points":256')]
    found[PLACES.index("line")] = SIZE if many[0] > few[0] and many[1] > few[1] else NOT
    return tuple(found)


def talk(seen: Seen) -> tuple[str, ...]:
    name, holder = (each.encode() for each in (seen.both.asker.origin, seen.both.holder.origin))
    found = [*seen.where(holder)]
    assert seen.where(name)[1] == CLEAR
    found[PLACES.index("line")] = CLEAR if seen.connections else NOT  # from address to address
    return tuple(found)


OBSERVED: dict[str, Callable[[Seen], tuple[str, ...]]] = {
    "names, dates and numbers of those asked about": lambda seen: seen.where(
        b"Vokschi", b"Quillfeather", b"Zephyrin", b"1961-07-19", b"QX7654321", b"quillfeather", b"vokschi"
    ),
    "their match keys and the function's inputs": lambda seen: seen.where(
        *(key.text for key in keys(seen) if len(key.text) > 9),
        *(evaluated(seen.both.partner_name, key) for key in keys(seen)),
        *(sha256(evaluated(seen.both.partner_name, key)).digest() for key in keys(seen)),
    ),
    "their blinded points": lambda seen: seen.where(*seen.points),
    "outputs of those whom the holder has not": outputs_of_who_is_not_there,
    "who of them is there, how many, how strong": overlaps,
    "seeds, blinds, padding": lambda seen: seen.where(*seeds(seen)),
    "the title of the cross-check": lambda seen: seen.where(b"Couriers"),
    "a digest of each batch, and of all": lambda seen: seen.where(seen.both.leg(seen.session).whole.encode()),
    "who asked": lambda seen: seen.where(INVESTIGATOR.person.encode()),
    "case, purpose, offence, legal basis": lambda seen: seen.where(
        b'"reference":"2026/1"', b'"purpose":"investigation"', b'"offence":"drugs"', b'"basis":"task"'
    ),
    "how many people": lambda seen: seen.where(b'"subjects":4'),
    "how many points, in steps of 256": points,
    "which nodes, and when": talk,
    "the set, its padded size": lambda seen: seen.where(*seen.both.kept().tokens.shards),
    "the holder's key and its seed": lambda seen: seen.where(*secret(seen)),
    "records that nobody asked about": lambda seen: seen.where(
        *{name.encode() for _, _, name, _ in HELD if len(name) > 5} - {b"Krasniqi"}
    ),
    "a victim who was asked about: the record": lambda seen: seen.where(b'"record":"R950"'),
    "canaries": lambda seen: seen.where(*canaries(seen)),
}  # fmt: skip


def told() -> dict[str, tuple[str, ...]]:
    """The table of the page: a row's name, and what stands under each place."""
    found, within = {}, False
    for line in PAGE.read_text("utf-8").splitlines():
        within = line == BEGINS or (within and line.startswith("|"))
        if within and line != BEGINS and not line.startswith("|---"):
            name, *cells = (cell.strip() for cell in line.strip("|").split("|"))
            found[name] = tuple(cells)
    return found


def test_every_row_of_the_page_is_observed_and_nothing_else_is() -> None:
    assert [*told()] == [*OBSERVED]


@pytest.mark.parametrize("row", OBSERVED)
def test_what_is_observed_is_what_the_page_says(seen: Seen, row: str) -> None:
    assert dict(zip(PLACES, OBSERVED[row](seen), strict=True)) == dict(zip(PLACES, told()[row], strict=True))


@pytest.mark.parametrize("place", ["wire", "line", "holder's database", "holder's database, unsealed"])
def test_meeting_people_and_meeting_nobody_leave_the_same_form(seen: Seen, place: str) -> None:
    """The same calls and tables, and every header, body and value as long."""
    met, nobody = seen.forms[place]
    assert met
    assert met == nobody


def test_who_may_not_be_found_is_not(seen: Seen) -> None:
    """The victim stands in the holder's database, and the answer about her is that about anyone."""
    assert seen.both.hits(seen.session) == [1, 2]
    assert _any((b"Marchbanks",), seen.holder[1])


def test_an_observer_finds_what_is_there(seen: Seen) -> None:
    """What is looked for by these means is found where it is."""
    assert seen.where(b"Marchbanks") == (SEALED, NOT, NOT, SEALED)
    assert seen.where(b"liaison-xc/v1") == (CLEAR, CLEAR, NOT, CLEAR)
    assert seen.where(*seen.points)[1] == CLEAR
    assert (
        b"/crosscheck/evaluate" in seen.logged
    )  # by the client's library, at a level that a node does not keep
