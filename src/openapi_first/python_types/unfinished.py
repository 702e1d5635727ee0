"""Finds operations that have no function yet, without running the module of operations."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

from openapi_first.openapi.model import Contract
from openapi_first.python_types.operations_module import OperationsModule

_Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


def unfinished_operations(source: str, path: Path, contract: Contract) -> tuple[str, ...]:
    """The operationIds of operations whose function the module does not define, or whose function
    only raises NotImplementedError, as `contract stubs` writes it. Raises NotPython."""
    module = OperationsModule(source, path)
    stubs = set(_stubs(module.statements))
    return tuple(
        each.id
        for each in contract.served
        if each.function in stubs or (module.star is None and each.function not in module.names)
    )


def _stubs(statements: Sequence[ast.stmt]) -> Iterator[str]:
    for statement in statements:
        if isinstance(statement, _Function) and _is_stub(statement):
            yield statement.name


def _is_stub(function: _Function) -> bool:
    body = function.body
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]
    if len(body) != 1 or not isinstance(body[0], ast.Raise):
        return False
    raised = body[0].exc
    if isinstance(raised, ast.Call):
        raised = raised.func
    return isinstance(raised, ast.Name) and raised.id == NotImplementedError.__name__
