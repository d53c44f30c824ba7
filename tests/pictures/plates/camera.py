"""A camera that sends pictures as JPEG by RTSP (RFC 2326) inside its own connection, each as RFC 2435 says."""

from __future__ import annotations

import socketserver
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

RATE, CLOCK = 10, 90_000  # pictures and ticks a second
MOST = 1_200  # bytes of a packet's content
DESCRIBED = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=road\r\nt=0 0\r\nm=video 0 RTP/AVP 26\r\na=control:one\r\n"


@contextmanager
def camera(shown: list[Any]) -> Iterator[str]:
    """The address of a camera that sends these pictures once, and then hangs up."""
    files = [_taken_apart(each) for each in shown]

    class Answers(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while line := self.rfile.readline().decode():
                number = ""
                while (head := self.rfile.readline().decode().strip()) != "":
                    number = head.partition(":")[2].strip() if head.lower().startswith("cseq") else number
                verb = line.split()[0]
                self._answer(verb, number)
                if verb == "PLAY":
                    self._play()
                    return

        def _answer(self, verb: str, number: str) -> None:
            more, body = "", ""
            if verb == "OPTIONS":
                more = "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n"
            elif verb == "DESCRIBE":
                body = DESCRIBED
                more = f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n"
            elif verb == "SETUP":
                more = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"
            said = f"RTSP/1.0 200 OK\r\nCSeq: {number}\r\nSession: 1\r\n{more}\r\n{body}"
            self.wfile.write(said.encode())

        def _play(self) -> None:
            count = 0
            for at, (tables, size, scan) in enumerate(files):
                for start in range(0, len(scan), MOST):
                    last = start + MOST >= len(scan)
                    head = struct.pack(">BBHII", 0x80, 26 | last << 7, count & 0xFFFF, at * CLOCK // RATE, 1)
                    place = struct.pack(">II", start, 0)[:4] + bytes([1, 255, *size])
                    first = struct.pack(">BBH", 0, 0, 128) + tables if not start else b""
                    packet = head + place + first + scan[start : start + MOST]
                    self.wfile.write(b"$\0" + struct.pack(">H", len(packet)) + packet)
                    count += 1
                time.sleep(0.02)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Answers) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"rtsp://127.0.0.1:{server.server_address[1]}/road"
        finally:
            server.shutdown()


def _taken_apart(shown: Any) -> tuple[bytes, tuple[int, int], bytes]:
    """The two tables of a JPEG, its sides in eights of pixels, and its scan."""
    import cv2

    content = bytes(cv2.imencode(".jpg", shown, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes())
    at, tables = 2, b""
    while content[at + 1] != 0xDA:
        length = int.from_bytes(content[at + 2 : at + 4], "big")
        if content[at + 1] == 0xDB:
            tables += b"".join(
                content[place + 1 : place + 65] for place in range(at + 4, at + 2 + length, 65)
            )
        at += 2 + length
    scan = content[at + 2 + int.from_bytes(content[at + 2 : at + 4], "big") : -2]
    return tables, (shown.shape[1] // 8, shown.shape[0] // 8), scan
