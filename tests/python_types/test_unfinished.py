from __future__ import annotations

from pathlib import Path

import pytest

from openapi_first.openapi.loader import load
from openapi_first.python_types.operations_module import NotPython
from openapi_first.python_types.unfinished import unfinished_operations

CONTRACT = """\
openapi: 3.0.3
info: {title: T, version: "1"}
paths:
  /a:
    get: {operationId: getA, responses: {"200": {description: Done}}}
    put: {operationId: putA, responses: {"200": {description: Done}}}
"""
PUT = "def put_a(): return None\n"


def unfinished(tmp_path: Path, module: str) -> tuple[str, ...]:
    (tmp_path / "openapi.yaml").write_text(CONTRACT)
    contract = load(tmp_path / "openapi.yaml")
    return unfinished_operations(module, Path("operations.py"), contract)


@pytest.mark.parametrize(
    "get",
    [
        "",
        "def get_a(): raise NotImplementedError\n",
        "def get_a():\n    'Get it.'\n    raise NotImplementedError\n",
        "def get_a():\n    raise NotImplementedError('later')\n",
        "async def get_a():\n    raise NotImplementedError\n",
    ],
)
def test_an_operation_is_unfinished_until_its_function_does_more_than_raise(
    tmp_path: Path, get: str
) -> None:
    assert unfinished(tmp_path, get + PUT) == ("getA",)


@pytest.mark.parametrize(
    "get",
    [
        "from shop.a import get_a\n",
        "from shop.a import *\n",
        "get_a = later(put_a)\n",
        "def get_a():\n    if odd():\n        raise NotImplementedError\n",
        "def get_a(): raise Problem(503)\n",
        "def get_a(): pass\n",
    ],
)
def test_a_function_that_may_do_something_is_finished(tmp_path: Path, get: str) -> None:
    assert unfinished(tmp_path, get + PUT) == ()


def test_a_module_that_is_not_python_is_an_error_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(NotPython, match=r"^operations\.py:1: "):
        unfinished(tmp_path, "def get_a(:\n")
