"""Writing a zone with its check digits, as an issuer of specimens does: for tests, measurements and demonstrations."""

from __future__ import annotations

from liaison.formats.mrz import digits
from liaison.formats.mrz.layouts import ALPHABET, Layout
from liaison.model.errors import BadInput


def written(layout: Layout, /, **fields: str) -> str:
    """The zone with these fields (`surname` and `given` are its names), lines parted by line ends.

    A number of more than nine signs goes on in the optional data where the layout lets it. Raises BadInput for a
    field that is too long or not in the alphabet.
    """
    names = fields.pop("surname") + ("<<" + given if (given := fields.pop("given", "")) else "")
    values = {**fields, "names": names.replace(" ", "<")}
    number = values.get("number", "")
    if len(number) > 9 and any(layout.overflow):
        rest = number[9:] + digits.digit(number) + "<"
        values |= {"number": number[:9], "optional": rest + values.get("optional", "")}
    signs = ["<"] * layout.size
    for name, value in values.items():
        _put(layout, signs, name, value)
    return sealed(layout, "".join(signs), long=len(number) > 9)


def sealed(layout: Layout, text: str, long: bool = False) -> str:
    """A zone with every check digit computed anew, lines parted by line ends: what a competent forger does too."""
    signs = list(text.replace("\n", ""))
    for check in layout.checks:
        covered = "".join("".join(signs[first:end]) for first, end in check.pieces)
        empty = check.blank and not covered.strip("<")
        signs[check.at] = "<" if empty or (long and check.field == "number_check") else digits.digit(covered)
    width = layout.width
    return "\n".join("".join(signs[at : at + width]) for at in range(0, layout.size, width))


def _put(layout: Layout, signs: list[str], name: str, value: str) -> None:
    if name not in layout.fields:
        raise BadInput(f"a {layout.name} has no field {name}", field=name, hint=", ".join(layout.fields))
    first, end = layout.fields[name]
    if name == "names":
        value = value[: end - first]
    if len(value) > end - first or not set(value) <= set(ALPHABET):
        hint = f"at most {end - first} of A to Z, 0 to 9 and <"
        raise BadInput(f"{value!r} cannot stand as {name}", field=name, hint=hint)
    signs[first : first + len(value)] = value
