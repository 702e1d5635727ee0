"""A fact of the tables stands in them and nowhere else in the engine.

A fact is looked for in every string and number of the code, parts of f-strings included. Docstrings
and comments may name one. So may the sample service, which knows AWS only by its template.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import openapi_first
from openapi_first.aws import quotas
from openapi_first.aws.extensions import PREFIX
from openapi_first.aws.gateway_responses import GATEWAY_RESPONSES

ENGINE = Path(openapi_first.__file__).parent
TABLES = ENGINE / "aws"
NAMES = re.compile(rf"\b(?:{'|'.join(GATEWAY_RESPONSES)})\b|{PREFIX}")
LIMITS = {each.limit for each in vars(quotas).values() if isinstance(each, quotas.Quota)}
OF_API_GATEWAY = ("import_document", "lint", "stage/api", "stage/access", "stage/usage")
"""Packages in which a small number may be a quota too. Elsewhere 300 may be a length or a status;
10 stands for too many things anywhere."""
MODULES = [path for path in sorted(ENGINE.rglob("*.py")) if TABLES not in path.parents]


def nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def strings(path: Path) -> Iterator[str]:
    """All strings except those that are statements by themselves: docstrings."""
    found = nodes(path)
    docstrings = {id(each.value) for each in found if isinstance(each, ast.Expr)}
    constants = [each for each in found if isinstance(each, ast.Constant)]
    for each in constants:
        if isinstance(each.value, str) and id(each) not in docstrings:
            yield each.value


def numbers(path: Path) -> Iterator[int]:
    for each in nodes(path):
        value = number(each)
        if value is not None:
            yield value


def number(node: ast.AST) -> int | None:
    """The value of a number or of a product of numbers, as in `6 * 1024 * 1024`."""
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return node.value
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        left, right = number(node.left), number(node.right)
        return None if left is None or right is None else left * right
    return None


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ENGINE)))
def test_no_module_has_a_fact_of_the_tables(path: Path) -> None:
    assert [each for each in strings(path) if NAMES.search(each)] == []
    place = path.relative_to(ENGINE).as_posix()
    smallest = 11 if place.startswith(OF_API_GATEWAY) else 1000
    assert [each for each in numbers(path) if each in LIMITS and each >= smallest] == []


def test_no_page_of_the_console_or_of_a_report_has_one() -> None:
    pages = [path for path in ENGINE.rglob("*") if path.suffix in (".html", ".js", ".css")]
    assert len(pages) > 3
    for path in pages:
        assert not NAMES.search(path.read_text(encoding="utf-8")), path


def test_the_check_sees_what_it_looks_for(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text(
        f'"""A docstring of {PREFIX}integration."""\n'
        f'key = f"{PREFIX}{{name}}"\nkind = "THROTTLED"\nlimit = 10 * 1024 * 1024\n'
    )
    assert {each for each in strings(path) if NAMES.search(each)} == {PREFIX, "THROTTLED"}
    assert quotas.PAYLOAD_BYTES.limit in set(numbers(path))
