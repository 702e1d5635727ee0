"""Writes functions for operations that have none, at the end of the module of operations."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from openapi_first.core.errors import UserError
from openapi_first.python_types.annotations import broken, broken_result
from openapi_first.python_types.python_source import docstring
from openapi_first.python_types.signatures import ContractTypes, Signature

_WIDTH = 100
_TYPES = "types"
_WORD = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\w+""")
_HEAD = '''\
"""One function for each operation of the contract, named after its operationId.

The engine validates the arguments before the call, and the result after it.
"""

from __future__ import annotations
'''


class NotPython(UserError):
    """The module of operations cannot be read as Python."""

    names_place = True

    def __init__(self, path: Path, error: SyntaxError) -> None:
        super().__init__(
            f"{path}:{error.lineno}: {error.msg}. Correct the module: functions are only added to "
            "one that Python can read"
        )


def missing_functions(module: str, path: Path, types: ContractTypes) -> tuple[Signature, ...]:
    """The functions that the source `module` does not define. Raises NotPython."""
    known = bound_names(parsed(module, path).body)
    return tuple(each for each in types.signatures if each.function not in known)


def with_functions(module: str, path: Path, types: ContractTypes, types_module: str | None) -> str:
    """The source `module` with its missing functions at its end, and the imports that they need.
    Nothing else changes.

    `types_module` is the dotted name of the module of types; None writes functions without
    annotations. Raises NotPython.
    """
    source = module or _HEAD
    tree = parsed(source, path)
    added = missing_functions(source, path, types)
    if not added:
        return module
    named = None if types_module is None else frozenset(types.definitions)
    evaluated = "annotations" not in _future(tree)
    written = [_function(each, named, quoted=evaluated) for each in added]
    imports = _imports("\n".join(written), tree, types_module)
    source = _after_imports(source, tree, imports)
    return source.rstrip("\n") + "\n\n\n" + "\n\n\n".join(written) + "\n"


def _function(signature: Signature, named: frozenset[str] | None, *, quoted: bool) -> str:
    """`named` are the types of the contract, None for a function without annotations."""

    def annotation(expression: str) -> str:
        return "" if named is None else _annotation(expression, named, quoted)

    body = f"Reply[{signature.body}]" if signature.needs_reply else signature.body
    arguments = {name: annotation(each) for name, each in signature.arguments.items()}
    returned = annotation(body)
    head = f"def {signature.function}({', '.join(map(_argument, arguments.items()))})"
    end = f" -> {returned}:" if returned else ":"
    if len(head + end) <= _WIDTH:
        head += end
    else:
        if arguments:
            rows = "".join(f"{_row(*each)}\n" for each in arguments.items())
            head, end = f"def {signature.function}(\n{rows}", ")"
        else:
            head, end = "", head
        head += broken_result(returned, f"{end} -> ", _WIDTH) if returned else f"{end}:"
    text = docstring(signature.summary, f"The operation {signature.operation_id}.")
    return f"{head}\n    {text}\n    raise NotImplementedError"


def _argument(named: tuple[str, str]) -> str:
    name, annotation = named
    return f"{name}: {annotation}" if annotation else name


def _row(name: str, annotation: str) -> str:
    indented = f"    {name}"
    return broken(annotation, f"{indented}: ", ",", _WIDTH) if annotation else f"{indented},"


def _annotation(expression: str, named: frozenset[str], quoted: bool) -> str:
    """With the contract's types as members of the module of types."""
    qualified = _WORD.sub(
        lambda found: f"{_TYPES}.{found[0]}" if found[0] in named else found[0], expression
    )
    if not quoted:
        return qualified
    return f"'{qualified}'" if '"' in qualified else f'"{qualified}"'


def _imports(written: str, tree: ast.Module, types_module: str | None) -> str:
    bound = bound_names(tree.body)
    used = set(re.findall(r"\w+", written)) - bound
    lines = []
    if "Decimal" in used:
        lines.append("from decimal import Decimal")
    typing = sorted(used & {"Any", "Literal", "Never"})
    runtime = sorted(used & {"FormFile", "Reply"})
    needs_types = types_module is not None and f"{_TYPES}." in written and _TYPES not in bound
    if needs_types and "TYPE_CHECKING" not in bound:
        typing.insert(0, "TYPE_CHECKING")
    if typing:
        lines.append(f"from typing import {', '.join(sorted(typing, key=_isort))}")
    if runtime:
        lines += ["", f"from openapi_first.runtime import {', '.join(runtime)}"]
    if needs_types and types_module is not None:
        package, _, name = types_module.rpartition(".")
        alias = name if name == _TYPES else f"{name} as {_TYPES}"
        line = f"from {package} import {alias}" if package else f"import {alias}"
        lines += ["", "if TYPE_CHECKING:", f"    {line}"]
    return "\n".join(lines).strip("\n")


def _isort(name: str) -> tuple[bool, str]:
    return (not name.isupper(), name)


def _after_imports(source: str, tree: ast.Module, imports: str) -> str:
    """The source with import statements after those that it has at its top."""
    if not imports:
        return source
    last = 0
    for number, statement in enumerate(tree.body):
        is_docstring = number == 0 and isinstance(statement, ast.Expr)
        if not (is_docstring or isinstance(statement, ast.Import | ast.ImportFrom)):
            break
        last = statement.end_lineno or last
    lines = source.splitlines()
    before = [*lines[:last], ""] if last else []
    return "\n".join((*before, imports, *lines[last:])) + "\n"


def parsed(source: str, path: Path) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError as error:
        raise NotPython(path, error) from error
    except ValueError as error:  # null bytes, up to Python 3.11
        raise NotPython(path, SyntaxError(str(error))) from error


def _future(tree: ast.Module) -> set[str]:
    return {
        alias.name
        for statement in tree.body
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
        for alias in statement.names
    }


def bound_names(statements: Sequence[ast.stmt]) -> set[str]:
    """The names that the statements bind, also within `if`, `try` and `with`."""
    return set(_names(statements))


def _names(statements: Sequence[ast.stmt]) -> Iterator[str]:
    for statement in statements:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield statement.name
        elif isinstance(statement, ast.Import | ast.ImportFrom):
            for alias in statement.names:
                yield alias.asname or alias.name.partition(".")[0]
        else:
            for node in ast.walk(statement):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    yield node.id
            for part in ("body", "orelse", "finalbody"):
                yield from _names(getattr(statement, part, ()))
            for handler in getattr(statement, "handlers", ()):
                yield from _names(handler.body)
