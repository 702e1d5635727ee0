"""Writes functions for operations that have none, at the end of the module of operations."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from openapi_first.core.errors import UserError
from openapi_first.python_types.annotations import broken, broken_result
from openapi_first.python_types.operations_module import OperationsModule
from openapi_first.python_types.python_source import docstring, renamed, shadowed_builtins
from openapi_first.python_types.signatures import ContractTypes, Signature

_WIDTH = 100
_TYPES = "types"
_HEAD = '''\
"""One function for each operation of the contract, named after its operationId.

The engine validates the arguments before the call, and the result after it.
"""

from __future__ import annotations
'''


class HiddenFunctions(UserError):
    """It is not known which functions the module of operations has."""

    names_place = True


def missing_functions(module: OperationsModule, types: ContractTypes) -> tuple[Signature, ...]:
    """The functions that the module does not define. Raises HiddenFunctions if there may be others
    than it names."""
    missing = tuple(each for each in types.signatures if each.function not in module.names)
    if missing and module.star is not None:
        raise HiddenFunctions(
            f"{module.path}:{module.star}: `import *` does not say whether it brings "
            f"{', '.join(each.function for each in missing)}. Import functions by their names"
        )
    return missing


def with_functions(source: str, path: Path, types: ContractTypes, types_module: str | None) -> str:
    """The source of the module of operations with its missing functions at its end, and the
    imports that they need. Nothing else changes, with one exception: blank lines at the end.

    `types_module` is the dotted name of the module of types; None writes functions without
    annotations. Raises NotPython and HiddenFunctions.
    """
    module = OperationsModule(source or _HEAD, path)
    added = missing_functions(module, types)
    if not added:
        return source
    functions = {each.function for each in types.signatures}
    alias = "" if types_module is None else _types_name(module, types_module, functions)
    names = {
        **{name: f"{alias}.{name}" for name in types.definitions},
        **shadowed_builtins(functions),
    }
    annotations = _Annotations(
        None if types_module is None else names, quoted="annotations" not in module.future
    )
    written = [_function(each, annotations) for each in added]
    imports = _imports("\n".join(written), module, types_module, alias)
    text = _after_imports(module, imports).rstrip("\r\n")
    end = "\r\n" if "\r\n" in module.source else "\n"
    functions_text = "\n\n\n".join(("", *written)) + "\n"
    return module.byte_order_mark + text + functions_text.replace("\n", end)


@dataclass(frozen=True, slots=True)
class _Annotations:
    """`names` has what stands in the module for a name of a type expression, None for functions
    without annotations. `quoted` annotations are strings, since Python would evaluate others."""

    names: Mapping[str, str] | None
    quoted: bool

    def of(self, expression: str) -> str:
        if self.names is None:
            return ""
        written = renamed(expression, self.names)
        if not self.quoted:
            return written
        return f"'{written}'" if '"' in written else f'"{written}"'


def _function(signature: Signature, annotations: _Annotations) -> str:
    body = f"Reply[{signature.body}]" if signature.needs_reply else signature.body
    arguments = {name: annotations.of(each) for name, each in signature.arguments.items()}
    returned = annotations.of(body)
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


def _types_name(module: OperationsModule, types_module: str, functions: set[str]) -> str:
    """What the module calls the module of types, or may call it."""
    imported = module.name_of(types_module)
    if imported is not None:
        return imported
    taken = module.names | functions
    name = _TYPES if _TYPES not in taken else f"contract_{_TYPES}"
    while name in taken:
        name += "_"
    return name


def _imports(written: str, module: OperationsModule, types_module: str | None, alias: str) -> str:
    used = set(re.findall(r"\w+", written)) - module.names
    lines = [
        line
        for name, line in (
            ("builtins", "import builtins"),
            ("Decimal", "from decimal import Decimal"),
        )
        if name in used
    ]
    typing = sorted(used & {"Any", "Literal", "Never"})
    runtime = sorted(used & {"FormFile", "Reply"})
    needs_types = (
        types_module is not None and f"{alias}." in written and module.name_of(types_module) is None
    )
    if needs_types and "TYPE_CHECKING" not in module.names:
        typing.insert(0, "TYPE_CHECKING")
    if typing:
        lines.append(f"from typing import {', '.join(sorted(typing, key=_isort))}")
    if runtime:
        lines += ["", f"from openapi_first.runtime import {', '.join(runtime)}"]
    if needs_types and types_module is not None:
        package, _, name = types_module.rpartition(".")
        named = name if name == alias else f"{name} as {alias}"
        line = f"from {package} import {named}" if package else f"import {named}"
        lines += ["", "if TYPE_CHECKING:", f"    {line}"]
    return "\n".join(lines).strip("\n")


def _isort(name: str) -> tuple[bool, str]:
    return (not name.isupper(), name)


def _after_imports(module: OperationsModule, imports: str) -> str:
    """The source with import statements after those that it has at its top."""
    if not imports:
        return module.source
    # As Python counts lines: str.splitlines() also splits at a form feed or U+2028.
    lines = list(io.StringIO(module.source, newline=""))
    last = module.end_of_imports
    if not last:
        comments = (number for number, line in enumerate(lines) if not line.startswith("#"))
        last = next(comments, len(lines))
    end = "\r\n" if "\r\n" in module.source else "\n"
    above, below = "".join(lines[:last]), "".join(lines[last:])
    if above:
        above = above if above.endswith(("\n", "\r")) else above + end
        above += end
    gap = end if lines[last:] and lines[last].strip() else ""
    return above + imports.replace("\n", end) + end + gap + below
