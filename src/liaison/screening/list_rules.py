"""What a list of people to check may be, and how it moves from asked to done. Pure."""

from __future__ import annotations

import re
from enum import Enum

from liaison.model.errors import BadInput, TooMany
from liaison.model.moves import moved

LARGEST = 64 << 20  # bytes of one list
MOST_ALERTS = 10_000  # of one list; how many more there are is said
LARGEST_PASTE = 1 << 20  # bytes
COLUMNS = ("name", "born", "nationality", "document")
_BORN_LAST = re.compile(
    r"^(?P<name>.*?\S)[\s,;]+(?P<born>\d{4}(?:-\d\d(?:-\d\d)?)?|\d{1,2}[./]\d{1,2}[./]\d{4})$"
)


class ListState(Enum):
    """How far a list has come."""

    WAITING = "waiting"  # for an approval, or to be started
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


class ListStep(Enum):
    """What happens to a list; the value is its past form."""

    START = "started"
    FINISH = "finished"
    CANCEL = "cancelled"
    FAIL = "given up"


STEPS = {
    (ListState.WAITING, ListStep.START): ListState.RUNNING,
    (ListState.WAITING, ListStep.CANCEL): ListState.CANCELLED,
    (ListState.RUNNING, ListStep.FINISH): ListState.DONE,
    (ListState.RUNNING, ListStep.CANCEL): ListState.CANCELLED,
    (ListState.RUNNING, ListStep.FAIL): ListState.FAILED,
}


def after(state: ListState, step: ListStep) -> ListState:
    """The state that follows. Raises Conflict where the step cannot be taken from here."""
    return moved(STEPS, "a list", state, step)


def table_of(pasted: str) -> bytes:
    """A pasted list as a table with a header.

    A table that is pasted with its header stays as it is. Else each line is a person: fields behind tabs or semicolons
    are name, date of birth, nationality, document number; a line of one field may end with the date of birth. Raises
    BadInput for nothing, and for more than a mebibyte.
    """
    if len(pasted.encode("utf-8", "replace")) > LARGEST_PASTE:
        raise BadInput("the list is too long to be pasted", field="list", hint="give it as a file")
    lines = [line.strip() for line in pasted.splitlines() if line.strip()]
    if not lines:
        raise BadInput("the list is empty", field="list", hint="give a person on each line")
    if _is_header(lines[0]):
        return pasted.encode("utf-8", "replace")
    rows = [_fields(line) for line in lines]
    return "\n".join("\t".join(row) for row in [COLUMNS, *rows]).encode("utf-8", "replace")


def require_size(content: bytes) -> None:
    """Raises BadInput for an empty list, and one of more than 64 MiB."""
    if not content:
        raise BadInput("the list is empty", field="list", hint="give a person on each line")
    if len(content) > LARGEST:
        raise BadInput("the list is over 64 MiB", field="list", hint="divide it into several")


def require_free(running: int, most: int) -> None:
    """Raises TooMany where as many lists run as may at once."""
    if running >= most:
        raise TooMany("other lists are being checked", retry_after=10, hint="start it when they are done")


def _is_header(line: str) -> bool:
    words = set(re.split(r"[\t;,|]", line.casefold()))
    return bool({word.strip(' "') for word in words} & {"name", "surname", "given", "full name", "last name"})


def _fields(line: str) -> tuple[str, ...]:
    fields = [field.strip() for field in re.split(r"[\t;]", line)]
    if len(fields) == 1 and (parts := _BORN_LAST.match(line)):
        fields = [parts["name"], parts["born"]]
    return (*fields, "", "", "")[: len(COLUMNS)]
