"""Writes what a scan is recognised as, with its forms and marks: a browser makes the same of the same text.

    python tools/checkpoint_forms.py            writes tests/screening/checkpoint/forms.json anew
    python tools/checkpoint_forms.py --check    1 where the program makes others than stand there

Every name, number and mark in it is invented.
"""

from __future__ import annotations

import base64
import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

from liaison.formats.mrz.layouts import MRV_A, MRV_B, TD1, TD2, TD3
from liaison.formats.mrz.transliteration import CYRILLIC, GREEK, LATIN, ways
from liaison.formats.mrz.writing import written
from liaison.formats.vehicles import folding
from liaison.formats.vehicles.vin import NEVER
from liaison.matching.plates import CONFUSED
from liaison.model.errors import BadInput
from liaison.screening.checkpoint.forms import mark, state_form
from liaison.screening.checkpoint.recognising import forms_of, recognised

PLACE = Path(__file__).parents[1] / "tests" / "screening" / "checkpoint" / "forms.json"
KEY = bytes(range(32))
ON = date(2026, 11, 22)
HOLDER = {"code": "P", "issuer": "ALB", "nationality": "ALB", "surname": "HOXHA", "given": "ARBEN BESNIK",
          "number": "XX0000001", "birth": "840302", "sex": "M", "expiry": "310601"}  # fmt: skip


def zones() -> list[str]:
    """Scans of documents."""
    passport, second = written(TD3, **HOLDER), written(TD3, **HOLDER | {"number": "XX0000002"})
    card = {**HOLDER, "code": "I", "surname": "VAN DER BERG", "given": "ANNA MARIA"}
    german = {**HOLDER, "issuer": "D", "nationality": "D", "number": "L01X00T47"}
    first, last = passport.split("\n")
    return [
        passport,
        f"{first}\r\n{last}\r\n",
        f"{last}\n{first}",
        passport.lower(),
        passport.replace("<", "«"),
        (passport + second).replace("\n", ""),
        f"{passport}\n{second}",
        f"{first}{last}",
        written(TD1, **card),
        written(TD2, **card),
        written(TD3, **german),
        written(TD3, **{**HOLDER, "issuer": "GBD", "nationality": "GBR"}),
        written(TD3, **{**HOLDER, "issuer": "RKS", "nationality": "RKS"}),
        written(MRV_A, **{**HOLDER, "code": "V"}),
        written(MRV_B, **{**HOLDER, "code": "V"}),
        written(TD3, **{**HOLDER, "given": ""}),
    ]


TYPED = (
    *(
        "AA 123 BB",
        "aa-123-bb",
        "AL AA 123 BB",
        "ALB AA123BB",
        "СА 1234 ЕЕ",
        "ΚΗΕ 1234",
        "AA 107 0B",
        "AA 107 OB",
    ),
    *("Ł 1234 Ś", "B 123 AB", "AB 12345", "LÖ AB 123"),
    *("WVWZZZ1JZXW000001", "wvwzzz1jzxw00000l", "WVWZZZ1JZXWO0000I"),
    *(
        "ALB BA1234567",
        "BA1234567 ALB",
        "ba 123 4567/alb",
        "D12345678 DEU",
        "RKS P1234567",
        "BA1234567",
        "123456789",
    ),
    *(
        "Arben Hoxha 1984-03-02",
        "HOXHA, Arben 02.03.1984",
        "1984/3/2 Hoxha, Arben Besnik",
        "Müller, Jörg 01.12.1979",
    ),
    *(
        "O'Connor, Seán 1990-07-31",
        "Gëzim Vokshi-Çela 1984-02-03",
        "Хоџа, Арбен 1984-03-02",
        "Παπαδόπουλος, Νίκος 5.6.1970",
    ),
    *("Ana Maria de la Cruz 1988-01-09", "Madonna 1958-08-16"),
    *(
        "",
        "zzz",
        "Arben Hoxha",
        "Arben Hoxha 02.03.84",
        "Arben Hoxha 1984-13-02",
        "Arben Hoxha 2999-01-01",
        "?!",
        "x" * 200,
    ),
    *(
        "AA 107 OB AB 612 KT",
        "AA 107 OB, AB 612 KT",
        "AA 107 OB BA1234567",
        "BA1234567 BA1122399",
        "ALB BA1234567 BA1122399",
        "AL AA 107 OB AB 612 KT",
        "ALB AA 107 OB",
        "AA 107 OB AB 612 KT WVWZZZ1JZXW000001",
        "BA 1234567",
        "BA 123 4567",
    ),
)


def vector(text: str) -> dict[str, Any]:
    """One text, and what it is: each result with its kind and forms; `error` where it is nothing."""
    try:
        found = recognised(text, ON)
    except BadInput as error:
        return {"text": text, "error": str(error)}
    results = [
        {
            "kind": one.kind.value,
            "otherwise": [kind.value for kind in one.otherwise],
            "forms": [
                {"kind": kind, "form": form, "mark": mark(KEY, kind, form)}
                for kind, form in forms_of(one, ON)
            ],
        }
        for one in found
    ]
    return {"text": text, "results": results}


def made() -> str:
    """The file."""
    letters = {sign: (ways(sign) or ("",))[0] for sign in {**LATIN, **CYRILLIC, **GREEK}}
    said = {
        "note": "Invented names, numbers and marks. Written by tools/checkpoint_forms.py.",
        "key": base64.b64encode(KEY).decode(),
        "on": ON.isoformat(),
        "tables": {
            "look_alikes": {**folding.CYRILLIC, **folding.GREEK, **folding.STROKED},
            "confused": CONFUSED,
            "never_in_vehicle_numbers": NEVER,
            "letters": letters,
            "states": {
                code: state_form(code)
                for code in ("D", "GBD", "GBN", "GBO", "GBP", "GBS", "RKS", "UNK", "KS", "SI", "UK")
            },
        },
        "vectors": [vector(text) for text in (*zones(), *TYPED)],
    }
    return json.dumps(said, ensure_ascii=False, indent=1) + "\n"


def main() -> int:
    """Write the file, or say whether it is as it must be."""
    if sys.argv[1:] == ["--check"]:
        return int(PLACE.read_text("utf-8") != made())
    PLACE.write_text(made(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
