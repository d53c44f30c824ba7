"""What cannot be undone is shown once more before it is done, by the server: how many, on which ground, what follows.

The second page carries the first one's fields along with the number that it named. Where that number is another by
then, it is shown anew: nobody agrees to what they did not read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Response

from liaison.web.context import Visit
from liaison.web.forms import Form

SURE, COUNT = "sure", "sure_count"


@dataclass(frozen=True, slots=True)
class Step:
    """What is about to be done: where its form goes, what it is called, what is said of it, how many it is about, and
    the words of the button."""

    place: str
    title: str
    said: str
    rows: Sequence[tuple[str, str]]
    count: int
    button: str
    back: str


def agreed(form: Form, count: int) -> bool:
    """Whether the person agreed to exactly so many."""
    return form.ticked(SURE) and form.text(COUNT, longest=20) == str(count)


def ask(visit: Visit, form: Form, step: Step) -> Response[Any]:
    """The page that asks once more."""
    fields = [
        (name, value) for name, values in form.fields.items() if name not in (SURE, COUNT) for value in values
    ]
    return visit.page(
        "pages/sure.html",
        title=step.title,
        active="requests",
        crumbs=((visit.say("Requests"), "/requests"), (visit.say("Request"), step.back), (step.title, "")),
        step=step,
        fields=fields,
        changed=form.ticked(SURE),
        sure=SURE,
        counted=COUNT,
    )
