"""Plates of invented vehicles as a camera cuts them out, drawn small in letters of our own and marked SYNTHETIC."""

from __future__ import annotations

import struct
import zlib

LETTERS = {  # seven rows of five points each
    "A": (".###.", "#...#", "#...#", "#####", "#...#", "#...#", "#...#"),
    "B": ("####.", "#...#", "#...#", "####.", "#...#", "#...#", "####."),
    "C": (".####", "#....", "#....", "#....", "#....", "#....", ".####"),
    "E": ("#####", "#....", "#....", "####.", "#....", "#....", "#####"),
    "H": ("#...#", "#...#", "#...#", "#####", "#...#", "#...#", "#...#"),
    "I": ("#####", "..#..", "..#..", "..#..", "..#..", "..#..", "#####"),
    "K": ("#...#", "#..#.", "#.#..", "##...", "#.#..", "#..#.", "#...#"),
    "N": ("#...#", "##..#", "##..#", "#.#.#", "#..##", "#..##", "#...#"),
    "O": (".###.", "#...#", "#...#", "#...#", "#...#", "#...#", ".###."),
    "R": ("####.", "#...#", "#...#", "####.", "#.#..", "#..#.", "#...#"),
    "S": (".####", "#....", "#....", ".###.", "....#", "....#", "####."),
    "T": ("#####", "..#..", "..#..", "..#..", "..#..", "..#..", "..#.."),
    "Y": ("#...#", "#...#", ".#.#.", "..#..", "..#..", "..#..", "..#.."),
    "0": (".###.", "#...#", "#..##", "#.#.#", "##..#", "#...#", ".###."),
    "1": ("..#..", ".##..", "..#..", "..#..", "..#..", "..#..", ".###."),
    "2": (".###.", "#...#", "....#", "..##.", ".#...", "#....", "#####"),
    "7": ("#####", "....#", "...#.", "...#.", "..#..", "..#..", "..#.."),
    "8": (".###.", "#...#", "#...#", ".###.", "#...#", "#...#", ".###."),
    " ": (".....",) * 7,
}
HIGH, WIDE = 7, 6  # points of a letter, with the gap behind it
SCALE, SMALL = 6, 2  # pixels of a point: of the mark, and of the word under it
EDGE = 10  # pixels
WORD = "SYNTHETIC"
WHITE, BLACK, GREY = 0xEE, 0x11, 0x88


def drawn(mark: str) -> bytes:
    """A plate with this mark, as a grey PNG. Raises KeyError for a sign that is not drawn here."""
    width = len(mark) * WIDE * SCALE + 2 * EDGE
    height = HIGH * (SCALE + SMALL) + 3 * EDGE
    rows = [bytearray([WHITE]) * width for _ in range(height)]
    _write(rows, mark, EDGE, EDGE, SCALE, BLACK)
    _write(rows, WORD, EDGE, 2 * EDGE + HIGH * SCALE, SMALL, GREY)
    return _png(rows)


def _write(rows: list[bytearray], text: str, left: int, top: int, scale: int, ink: int) -> None:
    for place, sign in enumerate(text):
        for down, points in enumerate(LETTERS[sign]):
            for along, point in enumerate(points):
                if point == "#":
                    start = left + (place * WIDE + along) * scale
                    for row in rows[top + down * scale : top + (down + 1) * scale]:
                        row[start : start + scale] = bytes([ink]) * scale


def _png(rows: list[bytearray]) -> bytes:
    """PNG (ISO/IEC 15948), eight bits of grey."""
    head = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 0, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + bytes(row) for row in rows))
    parts = ((b"IHDR", head), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in parts
    )
