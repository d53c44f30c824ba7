"""What the law forbids by kind is not filtered but absent: no such field, no such library, no such act."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from pathlib import Path

import msgspec
import pytest

import liaison.model
import liaison.policy
from liaison.policy import Action
from liaison.policy.context import SPECIAL

ROOT = Path(__file__).parents[2]
FACES = {
    "deepface",
    "dlib",
    "face_alignment",
    "face_recognition",
    "facenet_pytorch",
    "insightface",
    "mediapipe",
    "retinaface",
}
OF_A_PERSON = SPECIAL | {
    "caste",
    "disability",
    "dna",
    "ethnic_origin",
    "face",
    "fingerprint",
    "iris",
    "political_opinion",
    "sexual_orientation",
    "skin_colour",
    "tribe",
}


def structs() -> list[type[msgspec.Struct]]:
    found = []
    for package in (liaison.model, liaison.policy):
        for module in pkgutil.iter_modules(package.__path__):
            if module.name != "__main__":
                values = vars(importlib.import_module(f"{package.__name__}.{module.name}")).values()
                found += [v for v in values if isinstance(v, type) and issubclass(v, msgspec.Struct)]
    return found


@pytest.mark.parametrize("struct", structs(), ids=lambda struct: struct.__name__)
def test_no_value_has_a_field_for_a_special_category(struct: type[msgspec.Struct]) -> None:
    assert not {*struct.__struct_fields__} & OF_A_PERSON


def test_no_face_library_is_a_dependency_or_imported() -> None:
    declared = {
        name.lower().replace("-", "_")
        for file in ("pyproject.toml", "requirements.lock")
        if (ROOT / file).exists()
        for name in re.findall(
            r"^\s*\"?([A-Za-z][\w.-]+)\s*(?:\[|[=<>~]=)", (ROOT / file).read_text("utf-8"), re.M
        )
    }
    assert "numpy" in declared
    assert not declared & FACES
    assert not {name.partition(".")[0] for name in imports()} & FACES


def imports() -> set[str]:
    names = set[str]()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module)
    return names


def test_there_is_no_act_that_goes_from_an_alert_to_a_measure_or_gives_out_everything() -> None:
    words = {word for action in Action for word in action.value.split("-")}
    assert not words & {"arrest", "export", "dump", "all", "predict", "profile", "score", "select"}


def test_policy_reads_no_clock_draws_no_lots_and_opens_nothing() -> None:
    folder = ROOT / "src" / "liaison" / "policy"
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute):
                assert node.attr not in {"now", "utcnow", "today", "urandom"} or _is_the_fact(node), path.name
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id != "open", path.name


def _is_the_fact(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id == "context"
