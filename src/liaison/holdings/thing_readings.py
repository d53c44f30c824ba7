"""What a row or a form says of a vehicle or a reported document, as values of the vocabulary, with every doubt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from liaison.formats.vehicles import forms, plates, vin
from liaison.formats.vehicles.folding import Doubt
from liaison.formats.vehicles.vin import Check, VinReading
from liaison.holdings.countries import nationalities
from liaison.holdings.words import plain
from liaison.matching.columns import country_name
from liaison.model.errors import BadInput
from liaison.model.identifiers import Country, DocumentNumber, Plate, Vin
from liaison.model.subjects import Document, DocumentKind, Vehicle

TYPES = {
    DocumentKind.PASSPORT: "passport pasaporte pasaporta pashaporte reisepass pass passeport passaporto pasos pas "
    "paszport",
    DocumentKind.IDENTITY_CARD: "identitycard idcard id nationalid leternjoftim personalausweis cartedidentite cni "
    "cartadidentita documentodeidentidad dni licnakarta osobnaiskaznica",
    DocumentKind.RESIDENCE_PERMIT: "residencepermit lejeqendrimi aufenthaltstitel titredesejour permessodisoggiorno",
    DocumentKind.DRIVING_LICENCE: "drivinglicence driverslicense lejedrejtimi patente fuhrerschein permisdeconduire",
    DocumentKind.VISA: "visa viza visum visado visto",
}
Said = dict[str, str]  # what a row says, by the field or, of a column that is kept, by its header
Doubts = list[tuple[str, str]]  # field and words


def vehicle(said: Said, doubts: Doubts) -> tuple[Vehicle, str]:
    """The vehicle of a row, and what stands for an id where the list has none. Raises BadInput with the field."""
    state = _state(said, "registered")
    plate = said.get("plate", "")
    number = _number(said["vin"], doubts) if "vin" in said else None
    mark = _mark(plate, state, doubts) if plate else ""
    if not mark and number is None:
        hint = "give its registration mark or its identification number"
        raise BadInput("the row names no vehicle", field="plate", hint=hint)
    vehicle = Vehicle(
        plate=_as_written(plate, mark) if plate else None,
        registered=state,
        vin=number,
        make=" ".join(filter(None, [said.get("make"), said.get("model")])),
        colour=said.get("colour", ""),
    )
    return vehicle, f"{state or ''} {mark}".strip() if mark else str(number)


def _as_written(text: str, read: str) -> Plate:
    """The mark as its source writes it; as it is read, where signs stand in it that no mark has."""
    try:
        return Plate(text)
    except BadInput:
        return Plate(read)


def mark_read(text: str, state: Country | None) -> plates.Plate:
    """A registration mark as its state's forms let it be read; as any state's, where the forms of that one are not
    known here. Raises BadInput with the field."""
    known = {each.three: each.code for each in forms.states().values()}
    return plates.read(text, known.get(state.text) if state else None)


def number_read(text: str) -> VinReading:
    """A vehicle identification number that can be one. Raises BadInput with the field."""
    read = vin.read(text)
    wrong = [doubt.words for doubt in read.doubts if doubt.kind == "number"]
    if read.check is Check.DISAGREES or any(sign in vin.NEVER for sign in read.text):
        other = f"it may be {' or '.join(read.otherwise)}; " if read.otherwise else ""
        raise BadInput("; ".join(wrong), field="vin", hint=f"{other}look at the number again")
    return read


def doubts_told(doubts: Sequence[Doubt]) -> str:
    """Doubts about a reading in one sentence."""
    return "; ".join(f"{doubt.words}{f' (sign {doubt.place})' if doubt.place else ''}" for doubt in doubts)


def _mark(text: str, state: Country | None, doubts: Doubts) -> str:
    read = mark_read(text, state)
    told = read.doubts
    if not read.state:  # that no state at all has such a form says little where its own is not known
        told = tuple(doubt for doubt in told if state is None or doubt.kind != "form" or doubt.place)
    if told:
        others = f"; or is it {' or '.join(one.text for one in read.otherwise)}?" if read.otherwise else ""
        doubts.append(("plate", f"looked up as {read.text}: {doubts_told(told)}{others}; look at it again"))
    return read.text


def _number(text: str, doubts: Doubts) -> Vin:
    read = number_read(text)
    if read.doubts:
        doubts.append(("vin", f"read as {read.text}: {doubts_told(read.doubts)}; look at it again"))
    return Vin(read.text)


def document(said: Said, doubts: Doubts) -> tuple[Document, str]:
    """The document of a row, and what stands for an id where the list has none. Raises BadInput with the field."""
    for field, hint in (
        ("number", "give the number of the document"),
        ("issuer", "name the state that issued it: a reported document is found by number and state"),
        ("status", "write what is reported: lost, stolen, revoked"),
    ):
        if not said.get(field):
            raise BadInput(f"the {field} is empty", field=field, hint=hint)
    try:
        number = DocumentNumber(said["number"])
    except BadInput as error:
        raise BadInput(str(error), field="number", hint=error.hint) from error
    state = _state(said, "issuer")
    kind = _type(said.get("type", ""))
    if said.get("type") and kind is DocumentKind.OTHER:
        doubts.append(("type", f"{said['type']!r} is no type that is known here: it is found as any type"))
    return Document(number=number, type=kind, issuer=state), f"{state} {number}"


def _type(text: str) -> DocumentKind:
    word = plain(text)
    if word in {plain(kind.value): kind for kind in DocumentKind}:
        return next(kind for kind in DocumentKind if plain(kind.value) == word)
    return next((kind for kind, words in TYPES.items() if word in words.split()), DocumentKind.OTHER)


def _state(said: Mapping[str, str], field: str) -> Country | None:
    """The state that a row names by a code, by a name or as its vehicles show it. Raises BadInput with the field."""
    text = said.get(field, "")
    return state_named(text, field) if text else None


def state_named(text: str, field: str) -> Country:
    """The state of a code of two or three letters, of a name, or of the sign on its vehicles. Raises BadInput."""
    try:
        return Country(forms.states()[forms.state_of(text)].three)
    except BadInput:
        pass
    try:
        (code,) = nationalities(text)
    except ValueError as error:
        hint = "write ISO 3166, as ALB or AL, or the sign on its vehicles"
        raise BadInput(
            f"{text!r} is no state that is known by this name or code", field=field, hint=hint
        ) from error
    return Country(country_name(code))
