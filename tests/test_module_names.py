"""Modules of the engine that a string names exist: a docstring, a command, a name to import."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src"
_NAME = re.compile(r"(?<![\w./-])openapi_first(?:\.[A-Za-z_]\w*)+")


def named() -> Iterator[tuple[str, str]]:
    for path in sorted((SOURCE / "openapi_first").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                for name in _NAME.findall(node.value):
                    yield str(path.relative_to(SOURCE)), name


@pytest.mark.parametrize(("file", "name"), sorted(set(named())))
def test_a_module_that_a_string_names_exists(file: str, name: str) -> None:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError:
        module, _, attribute = name.rpartition(".")
        assert hasattr(importlib.import_module(module), attribute)
