"""Two writings of one thing have one form, two things have two, and a browser makes the same of the same text."""

from __future__ import annotations

import base64
import hmac
import json
import string
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.matching.plates import key
from liaison.model.dates import PartialDate
from liaison.model.subjects import Name
from liaison.screening.checkpoint.forms import (
    MOST_WAYS,
    document_form,
    mark,
    number_form,
    person_forms,
    plate_form,
    state_form,
)

ROOT = Path(__file__).parents[3]
VECTORS = Path(__file__).parent / "forms.json"
PLATES = st.text(st.sampled_from(string.ascii_uppercase + string.digits), min_size=2, max_size=10)
BORN = PartialDate("1984-03-02")
WORDS = st.text(st.sampled_from("aeiouëçäöüßřłñåœ'-bkrst ЖШаюΘψ"), min_size=1, max_size=30).filter(str.strip)


def test_the_vectors_are_what_the_program_makes() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "checkpoint_forms.py", "--check"], check=False, env=None
    )
    assert done.returncode == 0, "write them anew: python tools/checkpoint_forms.py"


def test_a_mark_is_a_cut_keyed_digest_of_kind_and_form() -> None:
    said = json.loads(VECTORS.read_text("utf-8"))
    secret = base64.b64decode(said["key"])
    forms = [form for each in said["vectors"] for one in each.get("results", ()) for form in one["forms"]]
    assert len(forms) > 40
    for form in forms:
        whole = hmac.new(secret, f"{form['kind']}\n{form['form']}".encode(), sha256).digest()
        assert form["mark"] == base64.urlsafe_b64encode(whole[:12]).decode()


@given(PLATES, PLATES)
def test_marks_of_vehicles_have_one_form_where_the_node_takes_them_for_one_another(
    one: str, two: str
) -> None:
    same = key(one, confusable=True) == key(two, confusable=True)
    assert (plate_form(one) == plate_form(two)) == same


@given(PLATES)
def test_blanks_hyphens_and_case_mean_nothing_on_a_mark(plate: str) -> None:
    assert plate_form(f" {plate[:1].lower()}-{plate[1:]}. ") == plate_form(plate)


def test_kind_and_key_are_of_the_mark() -> None:
    made = {mark(secret, kind, "AA12388") for secret in (b"one", b"two") for kind in ("plate", "person")}
    assert len(made) == 4


@given(WORDS, WORDS)
def test_what_is_scanned_is_among_what_a_copy_holds_of_the_same_name(given_: str, surname: str) -> None:
    name = Name(given=given_.strip(), surname=surname.strip())
    scanned, held = (person_forms(name, BORN, every=every) for every in (False, True))
    assert len(scanned) <= 1
    assert set(scanned) <= set(held)
    assert len(held) <= MOST_WAYS
    assert all(form.isascii() for form in held)


def test_every_way_in_which_a_zone_may_write_a_name_is_on_a_copy() -> None:
    forms = person_forms(Name(given="Jörg Peter", surname="Müller"), BORN, every=True)
    assert {"MUELLER\nJOERG\n19840302", "MULLER\nJORG\n19840302", "MUXXLLER\nJOERG\n19840302"} <= set(forms)


@pytest.mark.parametrize("born", ["1984", "1984-03"])
def test_nobody_without_a_full_date_of_birth_has_a_form(born: str) -> None:
    assert person_forms(Name(given="Arben", surname="Hoxha"), PartialDate(born), every=True) == ()


def test_one_state_has_one_code() -> None:
    assert [state_form(code) for code in ("D", "DEU", "D<<")] == ["DEU"] * 3
    assert {state_form(code) for code in ("RKS", "XKX", "UNK")} == {"XKX"}
    assert {state_form(code) for code in ("GBR", "GBD", "GBS")} == {"GBR"}


def test_a_document_without_a_state_and_a_short_vehicle_number_have_no_form() -> None:
    assert (document_form("BA1234567", ""), document_form("", "ALB")) == ("", "")
    assert (number_form("WVWZZZ1JZXW00000"), plate_form("Ж 123")) == ("", "")
