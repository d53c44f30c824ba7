"""A browser reads of a scan what the node reads: kinds, forms and marks, over vectors and thousands of scans."""

from __future__ import annotations

import base64
import json
import random
import string
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from liaison.formats import mrz
from liaison.formats.mrz import states
from liaison.formats.mrz.digits import digit
from liaison.formats.mrz.layouts import LAYOUTS, MRV_A, MRV_B, TD1, TD2, TD3
from liaison.formats.mrz.transliteration import TABLE, ways
from liaison.formats.mrz.writing import written
from liaison.formats.vehicles import folding, forms, plates
from liaison.model.errors import BadInput
from liaison.web import render
from tools.checkpoint_forms import KEY, ON, TYPED, vector, zones

VECTORS = Path(__file__).parents[1] / "screening" / "checkpoint" / "forms.json"
ORIGIN = "https://node.example"
DAY = [ON.year, ON.month, ON.day]
SURNAMES = ("HOXHA", "VAN DER BERG", "OCONNOR", "LI", "KRASNIQI", "DELLA CASA", "X", "MUELLER", "KKK")
GIVEN = ("ARBEN", "ANNA MARIA", "", "B", "JEAN PIERRE LUC")
TYPED_NAMES = (
    "Arben Hoxha",
    "HOXHA, Arben",
    "Müller Jörg",
    "Хоџа Арбен",
    "Νίκος Παπά",
    "de la Cruz, Ana",
    "张 伟",
    "Ŋa Ưu",
)
DATES = (
    "1984-03-02",
    "2.3.1984",
    "02/03/1984",
    "1984 3 2",
    "1984-02-30",
    "1984-00-00",
    "0000-01-01",
    "31.12.2026",
    "3.4.84",
)
SCRIPTS = string.ascii_uppercase + string.digits + string.ascii_lowercase + "ЕСАЖЩΑΒΨäøłßŒÇ①２½๔ǅ𝟗 -./·'"
FIELDS = {"issuer": "ALB", "nationality": "D", "surname": "HOXHA", "given": "ANA", "number": "XX0000001",
          "birth": "840302", "sex": "F", "expiry": "310601"}  # fmt: skip
PROGRAM = """async ({texts, day, key}) => {
  const reading = await import("/static/checkpoint/reading.js");
  const marks = await import("/static/checkpoint/marks.js");
  const own = await marks.markKey(key);
  const all = [];
  for (const text of texts) {
    try {
      const found = [];
      for (const each of reading.recognised(text, day)) {
        const forms = [];
        for (const [kind, form] of each.forms) forms.push({kind, form, mark: await marks.markOf(own, kind, form)});
        found.push({kind: each.kind, otherwise: each.otherwise ?? [], forms});
      }
      all.push(found);
    } catch (error) {
      if (!(error instanceof reading.Unreadable)) throw error;
      all.push(null);
    }
  }
  return all;
}"""
ZONES = """async (texts) => {
  const zones = await import("/static/checkpoint/zones.js");
  return texts.map((text) => {
    try {
      return zones.readAll(text).map(({layout, text, bits, doubts}) => [layout.name, text, bits, doubts]);
    } catch (error) {
      return error.code;
    }
  });
}"""


@pytest.fixture(scope="module")
def bench(chromium: Any) -> Iterator[Any]:
    """An empty page of the node's origin, whose static files are served from memory."""
    page = chromium.new_page()

    def answer(route: Any) -> None:
        path = route.request.url.removeprefix(ORIGIN)
        if path.startswith("/static/"):
            place = render.STATIC / path.removeprefix("/static/").split("?")[0]
            route.fulfill(body=place.read_bytes(), headers={"content-type": "text/javascript"})
        else:
            route.fulfill(body="<!doctype html>", headers={"content-type": "text/html"})

    page.route("**/*", answer)
    page.goto(ORIGIN)
    yield page
    page.close()


def in_browser(page: Any, texts: list[str], key: str) -> list[Any]:
    found: list[Any] = page.evaluate(PROGRAM, {"texts": texts, "day": DAY, "key": key})
    return found


def test_every_vector_is_read_alike(bench: Any) -> None:
    told = json.loads(VECTORS.read_text("utf-8"))
    texts = [each["text"] for each in told["vectors"]]
    found = in_browser(bench, texts, told["key"])
    assert dict(zip(texts, found, strict=True)) == {
        each["text"]: each.get("results") for each in told["vectors"]
    }


def test_thousands_of_scans_are_read_alike(bench: Any) -> None:
    chance = random.Random(20261122)
    texts = [*(typed(chance) for _ in range(2_500)), *(scanned(chance) for _ in range(800))]
    wanted = [vector(text).get("results") for text in texts]
    assert sum(one is not None for one in wanted) > 1_500, "most of them can be read"
    found = in_browser(bench, texts, b64(KEY))
    different = [pair for pair in zip(texts, wanted, found, strict=True) if pair[1] != pair[2]]
    assert different == []


def test_zones_are_put_right_alike(bench: Any) -> None:
    """Signs, verdicts and the kinds of every doubt, also of zones with slips of readers."""
    chance = random.Random(7)
    texts = [*zones(), *(scanned(chance) for _ in range(1_200)), *misread()]
    found = bench.evaluate(ZONES, texts)
    for text, read in zip(texts, found, strict=True):
        assert (read if isinstance(read, list) else None) == in_python(text), text


def test_the_tables_of_the_browser_are_those_of_the_node(bench: Any) -> None:
    codes = ["".join(three) for three in zip(*[iter("ABCDRKSUTOXBADEUGBDXKXZZZ<<<ALB")] * 3, strict=False)]
    codes += [*states.table(), "D<<", "ZZZ", "QQQ", "XK", ""]
    known = bench.evaluate(
        "async (codes) => { const {known} = await import('/static/checkpoint/states.js'); return codes.map(known); }",
        codes,
    )
    assert known == [states.meaning(code).kind is not states.Kind.UNKNOWN for code in codes]
    signs = [*TABLE, *map(chr, range(0x20, 0x250)), "ё", "ế", "字", "ﬁ"]
    wanted = bench.evaluate(
        "async (all) => { const {waysOf} = await import('/static/checkpoint/names.js'); return all.map(waysOf); }",
        signs,
    )
    assert [(sign, list(known) if (known := ways(sign)) is not None else None) for sign in signs] == list(
        zip(signs, wanted, strict=True)
    )


def test_marks_are_folded_and_known_by_their_forms_alike(bench: Any) -> None:
    chance = random.Random(3)
    marks = [a_mark(chance) for _ in range(3_000)]
    told = bench.evaluate(
        """async (all) => {
          const {folded} = await import('/static/checkpoint/vehicles.js');
          const {statesOf, stateNamed} = await import('/static/checkpoint/plates.js');
          return all.map((text) => [folded(text), statesOf(folded(text)), stateNamed(text) ?? ""]);
        }""",
        marks,
    )
    for text, (signs, fits, named) in zip(marks, told, strict=True):
        assert signs == folding.folded(text, "plate").text, text
        if len(signs) in plates.LETTERS:
            assert fits == list(plates.read(text).states), text
        assert named == forms._said().get(text.strip().upper(), ""), text


def in_python(text: str) -> Any:
    try:
        read = mrz.read_all(text)
    except BadInput:
        return None
    return [[one.layout.name, one.text, one.bits, [doubt.kind for doubt in one.doubts]] for one in read]


def b64(key: bytes) -> str:
    return base64.b64encode(key).decode()


def typed(chance: random.Random) -> str:
    """What a person types: a mark, a number, a name, or nonsense."""
    match chance.randrange(6):
        case 0:
            return a_mark(chance)
        case 1:
            state = chance.choice(("AL", "ALB", "D", "DEU", "GB", "RKS", "ZZZ"))
            return state + chance.choice(" /:") + a_mark(chance)
        case 2:
            number = "".join(
                chance.choices(string.ascii_uppercase + string.digits * 3, k=chance.randrange(5, 20))
            )
            state = chance.choice(("", " ALB", "/D", " deu", " RKS", " QQQ", " GBD"))
            return number + state
        case 3:
            sign = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ" + "IOQ" * chance.randrange(2)
            return "".join(chance.choices(sign, k=17))
        case 4:
            name, day = chance.choice(TYPED_NAMES), chance.choice(DATES)
            return chance.choice((f"{name} {day}", f"{day} {name}", f"{name}, {day}", f"{name}\n{day}"))
        case _:
            return chance.choice((*TYPED, "".join(chance.choices(SCRIPTS, k=chance.randrange(1, 30)))))


def a_mark(chance: random.Random) -> str:
    """A mark of some state's form, sometimes with a slip; or any signs."""
    if chance.random() < 0.3:
        return "".join(chance.choices(SCRIPTS, k=chance.randrange(1, 14)))
    every = forms.shapes(chance.randrange(4, 9))
    signs = [chance.choice(sorted(place)) for place in chance.choice(every)[1]]
    if chance.random() < 0.3:
        signs[chance.randrange(len(signs))] = chance.choice("0O1IB8ŁЕΑ")
    if chance.random() < 0.5:
        signs.insert(2, chance.choice(" -.·"))
    return "".join(signs)


def scanned(chance: random.Random) -> str:
    """A zone as scanners and readers of pictures type it: with line ends or without, with slips, sometimes two."""
    zone = a_zone(chance)
    if chance.random() < 0.15:
        zone += chance.choice(("\n", "", "\r\n", "\n\n")) + a_zone(chance)
    signs = list(zone)
    for _ in range(chance.choice((0, 0, 0, 1, 1, 2, 4))):
        at = chance.randrange(len(signs))
        match chance.randrange(5):
            case 0:
                signs[at] = chance.choice("0OQ1ILB85S2Z6GUKX<?«АΑ\n ")
            case 1:
                del signs[at]
            case 2:
                signs.insert(at, chance.choice("<<<0 A"))
            case 3:
                signs[at:] = list("".join(signs[at:]).replace("<<<", chance.choice(("<<", "KKK", "<<<<")), 1))
            case _:
                signs[at] = signs[at].lower()
    text = "".join(signs)
    if chance.random() < 0.1:
        text = "\n".join(reversed(text.split("\n")))
    return text.replace("\n", "") if chance.random() < 0.2 else text


def misread() -> list[str]:
    """A passport, a card and a visa with one sign misread, at every place, as every sign that is taken for others."""
    made = [written(layout, **FIELDS | {"code": "V" if layout.visa else "I"}) for layout in (TD3, TD1, MRV_B)]
    places = [(zone, at) for zone in made for at in range(len(zone)) if zone[at] != "\n"]
    return [zone[:at] + sign + zone[at + 1 :] for zone, at in places for sign in "OQDUILZSGB012568X"]


def a_zone(chance: random.Random) -> str:
    layout = chance.choice((TD1, TD2, TD3, TD3, MRV_A, MRV_B))
    number = "".join(
        chance.choices(string.ascii_uppercase + string.digits, k=chance.choice((7, 8, 9, 9, 12)))
    )
    return written(
        layout,
        code="V" if layout.visa else chance.choice(("P", "PD") if layout is TD3 else ("I", "ID", "AC")),
        issuer=chance.choice(("ALB", "D", "GBD", "RKS", "UTO", "ZZZ", "SVN")),
        nationality=chance.choice(("ALB", "D", "GBR", "XXA")),
        surname=chance.choice(SURNAMES),
        given=chance.choice(GIVEN),
        number=number if layout.overflow[1] else number[:9],
        birth=chance.choice(("840302", "84<<<<", "<<<<<<", "991231", "270101", "840230")),
        sex=chance.choice("MF<"),
        expiry=chance.choice(("310601", "200229", "261121", "261122", "<<<<<<")),
    )


def test_every_layout_is_among_the_scans() -> None:
    chance = random.Random(7)
    read = [in_python(scanned(chance)) for _ in range(200)]
    assert {one[0][0] for one in read if one} == {layout.name for layout in LAYOUTS}
    assert digit("XX0000001") == "1"
    assert date(2026, 11, 22) == ON
