"""What is not taken from a partner, by a coded reason: its letter is answered by a signed negative receipt."""

from __future__ import annotations

from liaison.transport.inbox import Refused


class NotTaken(Refused):
    """Something that a partner sent cannot be taken. `code` goes into the receipt; `words` stay here."""

    title = "What was sent cannot be taken"

    def __init__(self, code: str, words: str) -> None:
        super().__init__(code, words, hint="the sender is told by its receipt")
        self.words = words
