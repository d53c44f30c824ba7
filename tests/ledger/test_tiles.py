"""Names, widths and contents of tiles and bundles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.ledger.tiles import (
    LONGEST_ENTRY,
    WIDTH,
    Tile,
    levels,
    nodes,
    pack,
    parse_path,
    right_edge,
    tile_hash,
    unpack,
    width_at,
)
from liaison.ledger.tree import leaf_hash, root_of, span
from liaison.model.errors import LedgerDamaged


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 999), "tile/0/999"),
        (Tile(0, 1000), "tile/0/x001/000"),
        (Tile(3, 1234067), "tile/3/x001/x234/067"),
        (Tile(63, 5, 255), "tile/63/005.p/255"),
        (Tile(-1, 7), "tile/entries/007"),
        (Tile(-1, 70000, 1), "tile/entries/x070/000.p/1"),
    ],
)
def test_names_are_those_of_the_specification(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert parse_path(path) == tile
    assert tile.full == path.partition(".p/")[0]


@pytest.mark.parametrize(
    "path",
    [
        "", "checkpoint", "tile/0/0", "tile/0/0000", "tile/00/000", "tile/64/000", "tile/0/000.p/0", "tile/0/000.p/256",
        "tile/0/000.p/01", "tile/0/x000/001", "tile/0/001/000", "tile/-1/000", "tile/0/x001/x234", "/tile/0/000",
        "tile/0/000/", "tile/0/../000", "tile/0/000.p/1000", "tile/entries/x1/000", "tile/0/٠٠٠", "tile/0/000\n",
        "tile/0/x001/x001/x001/x001/x001/x001/000",
    ],
)  # fmt: skip
def test_other_names_are_no_tiles(path: str) -> None:
    assert parse_path(path) is None


@given(st.integers(-1, 63), st.integers(0, 10**17), st.integers(1, 256))
def test_every_name_is_read_back(level: int, index: int, width: int) -> None:
    tile = Tile(level, index, width)
    assert parse_path(tile.path) == tile


def test_the_example_of_the_specification() -> None:
    """A tree of size 70,000: 273 full tiles and a partial of 112; one full and 17; one of 1."""
    size = 70_000
    assert [width_at(0, index, size) for index in (0, 272, 273, 274)] == [256, 256, 112, 0]
    assert [width_at(1, index, size) for index in (0, 1, 2)] == [256, 17, 0]
    assert [width_at(2, index, size) for index in (0, 1)] == [1, 0]
    assert width_at(3, 0, size) == 0
    assert [width_at(-1, index, size) for index in (272, 273, 274)] == [256, 112, 0]
    assert right_edge(size) == [Tile(0, 273, 112), Tile(1, 1, 17), Tile(2, 0, 1)]
    assert levels(size) == range(3)


@pytest.mark.parametrize(
    ("size", "many", "edge"),
    [
        (0, 0, []),
        (1, 1, [Tile(0, 0, 1)]),
        (255, 1, [Tile(0, 0, 255)]),
        (256, 2, [Tile(1, 0, 1)]),
        (257, 2, [Tile(0, 1, 1), Tile(1, 0, 1)]),
        (65_535, 2, [Tile(0, 255, 255), Tile(1, 0, 255)]),
        (65_536, 3, [Tile(2, 0, 1)]),
    ],
)
def test_the_right_edge(size: int, many: int, edge: list[Tile]) -> None:
    assert len(levels(size)) == many
    assert right_edge(size) == edge


def test_the_hash_of_a_full_tile_is_its_subtree() -> None:
    leaves = [leaf_hash(bytes([number])) for number in range(256)]
    assert tile_hash(b"".join(leaves)) == root_of(leaves)
    assert tile_hash(leaves[0]) == leaves[0]


def test_subtrees_are_found_in_tiles() -> None:
    size = 700
    leaves = [leaf_hash(number.to_bytes(2, "big")) for number in range(size)]
    asked = []

    def read(tile: Tile) -> bytes:
        asked.append(tile)
        if tile.level:
            return b"".join(root_of(leaves[i * 256 : (i + 1) * 256]) for i in range(tile.width))
        return b"".join(leaves[tile.index * WIDTH : tile.index * WIDTH + tile.width])

    node = nodes(read, size)
    for level in range(10):
        for index in range(size >> level):
            assert node(level, index) == root_of(leaves[index << level : (index + 1) << level])
    assert sorted(tile.path for tile in asked) == [
        "tile/0/000",
        "tile/0/001",
        "tile/0/002.p/188",
        "tile/1/000.p/2",
    ]
    assert span(node, 0, size) == root_of(leaves)


@given(st.lists(st.binary(max_size=40), max_size=20))
def test_bundles_are_read_back(entries: list[bytes]) -> None:
    assert unpack(pack(entries), Tile(-1, 0, len(entries))) == entries


def test_a_bundle_holds_lengths_and_entries() -> None:
    assert pack([b"one", b""]) == b"\0\3one\0\0"
    assert pack([b"x" * 258])[:2] == b"\x01\x02"


def test_entries_are_bounded() -> None:
    assert unpack(pack([b"x" * LONGEST_ENTRY]), Tile(-1, 0, 1)) == [b"x" * LONGEST_ENTRY]
    with pytest.raises(ValueError, match="65535"):
        pack([b"x" * (LONGEST_ENTRY + 1)])


@pytest.mark.parametrize(
    ("bundle", "width", "said", "index"),
    [
        (b"\0\3one\0\3tw", 2, "ends within entry 769", 769),
        (b"\0\3one\0", 2, "ends within entry 769", 769),
        (b"\0\3one", 2, "ends within entry 769", 769),
        (b"", 1, "ends within entry 768", 768),
        (b"\0\3one\0", 1, "holds more", None),
        (b"\0\3one\0\0", 1, "holds more", None),
    ],
)
def test_a_bundle_out_of_form_is_damage(bundle: bytes, width: int, said: str, index: int | None) -> None:
    with pytest.raises(LedgerDamaged, match=said) as caught:
        unpack(bundle, Tile(-1, 3, width))
    assert (caught.value.place, caught.value.index) == (f"tile/entries/003.p/{width}", index)
