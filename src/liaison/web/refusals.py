"""Why the law refused what a form asked for, as pages draw it."""

from __future__ import annotations

from liaison.web.errors import reasons_of
from liaison.web.forms import Form


def reasons_in(form: Form | None) -> list[tuple[str, str, str]]:
    """The reasons of the refusal that a form met: what is missing, the rule with its source, what would do."""
    return reasons_of(form.refusal) if form is not None and form.refusal else []
