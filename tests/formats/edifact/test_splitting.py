"""The splitter: separators as announced, as used, and as neither; places; bounds; and any bytes at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.formats.edifact import Interchange, Separators, messages, split
from liaison.formats.edifact import splitting as module
from liaison.formats.edifact.separators import LEVEL_B
from liaison.model.errors import BadInput, UnusableFile

SOUND = (
    "UNB+UNOA:4+LI+XK+260303:2115+1'UNH+1+PAXLST:D:02B:UN:IATA'BGM+745'TDT+20+LI117+++LI'"
    "NAD+FL+++HOXHA:ANNA'ATT+2++F'CNT+42:1'UNT+7+1'UNZ+1+1'"
)


def cut(text: str) -> Interchange:
    interchange = split(text.encode())
    list(messages(interchange))
    return interchange


def said(interchange: Interchange) -> list[str]:
    return [doubt.words for doubt in interchange.placed()]


def name(interchange: Interchange) -> list[str]:
    at = next(at for at, raw in enumerate(interchange.segments) if raw.startswith("NAD"))
    return interchange.components(interchange.elements(at)[4])


def with_signs(signs: Separators) -> str:
    into = {":": signs.component, "+": signs.element, "'": signs.terminator}
    return "".join(into.get(sign, sign) for sign in SOUND)


def test_a_sound_interchange_raises_no_doubt() -> None:
    found = cut(SOUND)
    assert len(found.segments) == 9
    assert name(found) == ["HOXHA", "ANNA"]
    assert said(found) == []


@pytest.mark.parametrize("signs", [Separators("*", "$", "!", "~"), Separators(":", "+", "?", "\n"), LEVEL_B])
def test_announced_separators_are_used(signs: Separators) -> None:
    found = cut(signs.announced() + with_signs(signs))
    assert found.separators == signs
    assert name(found) == ["HOXHA", "ANNA"]
    assert said(found) == []


def test_level_b_needs_no_announcement() -> None:
    found = cut(with_signs(LEVEL_B))
    assert (found.separators, name(found), said(found)) == (LEVEL_B, ["HOXHA", "ANNA"], [])


@pytest.mark.parametrize("announced", ["", "UNA:+.? '"])
def test_separators_that_were_not_announced_are_found_and_said(announced: str) -> None:
    found = cut(announced + with_signs(Separators("*", "$", "?", "~")))
    assert name(found) == ["HOXHA", "ANNA"]
    [words] = said(found)
    assert "* $ ~" in words
    assert "used" in words
    assert ("announced are" if announced else "not announced") in words


def test_a_service_string_that_lost_a_sign_is_not_believed() -> None:
    found = cut("UNA:+\\*'\n" + SOUND.replace("HOXHA", "HO\\'XHA"))
    assert name(found) == ["HO'XHA", "ANNA"]
    assert len(said(found)) == 1


def test_released_separators_stand_for_themselves() -> None:
    found = cut(SOUND.replace("HOXHA", "O?'HA??RA?+LE?:KA?X"))
    assert name(found) == ["O'HA?RA+LE:KAX", "ANNA"]


def test_signs_that_unicode_reserves_cannot_pass_for_released_ones() -> None:
    found = cut(SOUND.replace("HOXHA", "HO\ufdd0\ufdd4XHA?+"))
    assert name(found) == ["HO\ufffd\ufffdXHA+", "ANNA"]


def test_blanks_and_line_ends_anywhere_are_no_part_of_it() -> None:
    text = "\r\n  UNA:+.? ' \r\n" + SOUND.replace("'", "' \r\n").replace("UNH+", " UNH +").replace(
        "HOX", "HO\r\nX"
    )
    found = cut(text)
    assert [raw[:3] for raw in found.segments] == [
        "UNB",
        "UNH",
        "BGM",
        "TDT",
        "NAD",
        "ATT",
        "CNT",
        "UNT",
        "UNZ",
    ]
    assert name(found) == ["HOXHA", "ANNA"]
    assert said(found) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (SOUND[:-1], "the last segment has no terminator"),
        (SOUND.removesuffix("UNZ+1+1'"), "has no end (UNZ)"),
        (SOUND.removesuffix("UNT+7+1'UNZ+1+1'"), "ends within the message"),
        (SOUND.partition("'")[2], "no interchange header (UNB)"),
        (SOUND.replace("UNT+7", "UNT+8"), "UNT says 8 segments; the message has 7"),
        (SOUND.replace("UNZ+1", "UNZ+2"), "UNZ says 2 messages"),
        (SOUND.replace("UNT+7+1", "UNT+7+2"), "ends message '2', but '1' was open"),
        (SOUND + "13NOV", "behind the end (UNZ)"),
        ("TELEX HEAD\r\n" + SOUND, "10 characters stand before"),
        (SOUND.replace("UNT+7+1'", ""), "no end (UNT) before UNZ"),
        (SOUND.replace("UNH+1+PAXLST:D:02B:UN:IATA'", ""), "UNT ends a message that did not begin"),
    ],
)
def test_what_is_missing_or_wrong_is_said(text: str, words: str) -> None:
    assert any(words in one for one in said(cut(text))), said(cut(text))


def test_a_lost_terminator_at_a_line_end_is_put_back_and_said() -> None:
    text = SOUND.replace("'", "'\n").replace("ANNA'", "ANNA\u2019")
    found = cut(text)
    assert name(found) == ["HOXHA", "ANNA"]
    assert "ATT+2++F" in found.segments
    at = text.encode().index(b"NAD")
    assert [(doubt.segment, doubt.offset) for doubt in found.placed() if "terminator" in doubt.words] == [
        (5, at)
    ]


@pytest.mark.parametrize(
    ("declared", "encoding", "doubted"),
    [
        ("UNOY", "utf-8", False),
        ("UNOC", "iso8859-1", False),
        ("UNOD", "iso8859-2", False),
        ("UNOE", "iso8859-5", False),
        ("UNOA", "utf-8", True),
        ("UNOA", "iso8859-1", True),
        ("UNOC", "utf-8", True),
    ],
)
def test_character_sets(declared: str, encoding: str, doubted: bool) -> None:
    surname = {"iso8859-2": "DVOŘÁK", "iso8859-5": "ШЕВЧЕНКО"}.get(encoding, "JÜRGËN")
    data = SOUND.replace("UNOA", declared).replace("HOXHA", surname).encode(encoding)
    found = split(data)
    assert name(found)[0] == surname
    assert bool(found.placed()) is doubted
    assert found.offsets()[5] == data.index(b"ATT")


def test_offsets_are_of_the_bytes_that_were_sent() -> None:
    data = ("\ufeff" + SOUND.replace("'", "' \r\n").replace("HOXHA", "ШЕВ?'ЧЕНКО")).encode()
    found = split(data)
    assert [data[at : at + 3].decode() for at in found.offsets()] == [raw[:3] for raw in found.segments]
    assert found.segment_at(data.index(b"ATT") + 2) == 5


@given(st.text(st.sampled_from("AB1:+?'\r\n \u2019\u00e9"), max_size=60), st.booleans())
def test_places_are_those_of_the_fast_cut(noise: str, lines: bool) -> None:
    text = SOUND.replace("ANNA", "ANNA" + noise)
    found = split((text.replace("'", "'\n") if lines else text).encode())
    twin = [raw for _, raw in module._cut(*found._whole(), found.separators, module.QUOTES)]
    assert [raw.strip(" \t\r\n") for raw in twin] == found.segments


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for whole in (data, b"UNA" + data, b"UNB+UNOA:4+" + data, SOUND.encode()[:80] + data):
        try:
            interchange = split(whole)
        except BadInput:
            continue
        list(messages(interchange))
        assert len(interchange.offsets()) == len(interchange.segments)


@pytest.mark.parametrize(
    "data", [b"", b"%PDF-1.7", b"\xff\xfeU\0N\0B\0", b"id;name\n1;x\n", b"UNA:+.? '", b"'" * 99]
)
def test_what_holds_no_interchange_is_refused(data: bytes) -> None:
    with pytest.raises(UnusableFile):
        split(data)


@pytest.mark.parametrize(
    "noise",
    ["+" * 500_000, ":" * 500_000, "?" * 500_001, " " * 500_000, "\n" * 500_000, "UNH" * 150_000, "UNA" * 150_000,
     "' " * 200_000, "\n\r NAD+" * 60_000],
)  # fmt: skip
def test_hostile_repetition_stays_cheap(noise: str) -> None:
    """Quadratic work would not end within the time that a test has."""
    for text in (SOUND + noise, SOUND[:60] + noise + SOUND[60:], noise + SOUND):
        try:
            interchange = cut(text)
        except BadInput:
            continue
        assert all(len(interchange.elements(at)) <= 201 for at in (0, len(interchange.segments) - 1))


def test_sizes_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 100)
    with pytest.raises(BadInput, match="at most 100 are read"):
        split(SOUND.encode())
    monkeypatch.setattr(module, "MOST_BYTES", 1000)
    monkeypatch.setattr(module, "MOST_SEGMENTS", 8)
    with pytest.raises(BadInput, match="more than 8 segments"):
        split(SOUND.encode())


def test_doubts_of_one_kind_are_counted_once_there_are_many() -> None:
    found = split(SOUND.encode())
    for _ in range(50):
        found.doubts.add(3, "the same")
    told = said(found)
    assert told.count("the same") == 20
    assert "30 further doubts" in told[-1]


def test_an_interactive_message_is_read_as_a_batch_of_one() -> None:
    body = SOUND.partition("IATA'")[2].partition("UNT")[0]
    text = f"UIB+UNOA:4+D1++++LI+XK+260303:2115'UIH+PAXLST:D:02B:UN:IATA+R1'{body}UIT+R1+7'UIZ+D1+1'"
    found = split(text.encode())
    [message] = messages(found)
    assert (message.type, message.version, message.reference, message.part) == ("PAXLST", "D:02B", "R1", None)
    assert (message.header.sender, message.header.recipient, message.header.sent) == (
        "LI",
        "XK",
        "2026-03-03T21:15",
    )
    assert said(found) == []
    assert said(cut(text.replace("R1+7", "R1+8"))) == ["UNT says 8 segments; the message has 7"]


def test_parts_groups_and_several_interchanges_are_told_apart() -> None:
    part = SOUND.replace("UN:IATA'", "UN:IATA+REF+02:F'")
    found = split((part + SOUND.replace("LI+XK", "ZZ+XK")).encode())
    one, two = messages(found)
    assert (one.part and (one.part.reference, one.part.number, one.part.final)) == ("REF", 2, True)
    assert (one.header.sender, two.header.sender, two.part) == ("LI", "ZZ", None)
    assert (one.type, one.version, one.header.sent) == ("PAXLST", "D:02B", "2026-03-03T21:15")
    assert said(found) == []
    grouped = SOUND.replace("UNH+", "UNG+PAXLST+LI+XK+260303:2115+9+UN+D:02B'UNH+").replace(
        "UNZ", "UNE+1+9'UNZ"
    )
    assert said(cut(grouped)) == []
    assert any("UNE says 2 messages" in words for words in said(cut(grouped.replace("UNE+1", "UNE+2"))))
