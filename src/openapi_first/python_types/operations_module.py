"""Reads the module of operations, without running it: which names it binds, and where."""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from openapi_first.core.errors import UserError

_BYTE_ORDER_MARK = "\ufeff"


class NotPython(UserError):
    """The module of operations cannot be read as Python."""

    names_place = True

    def __init__(self, path: Path, line: int, reason: str) -> None:
        super().__init__(
            f"{path}:{line}: {reason}. Correct the module: functions are only added to one that "
            "Python can read"
        )


def read_source(path: Path) -> str:
    """The text of a module with its line ends and byte order mark; empty if there is no such file.

    Raises NotPython if it is not UTF-8, and OSError.
    """
    if not path.exists():
        return ""
    data = path.read_bytes()
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise NotPython(path, line, "this is not UTF-8") from None


class OperationsModule:
    """The source of a module, as Python reads it. Raises NotPython."""

    def __init__(self, source: str, path: Path) -> None:
        self.path = path
        self.source = source.removeprefix(_BYTE_ORDER_MARK)
        self.byte_order_mark = _BYTE_ORDER_MARK if source.startswith(_BYTE_ORDER_MARK) else ""
        before, null, _ = self.source.partition("\0")
        if null:
            raise NotPython(path, before.count("\n") + 1, "there is a null byte")
        try:
            self.statements = ast.parse(self.source).body
            self._symbols = symtable.symtable(self.source, str(path), "exec").get_symbols()
        except SyntaxError as error:
            raise NotPython(path, error.lineno or 1, error.msg) from error
        except (RecursionError, MemoryError) as error:
            raise NotPython(path, 1, "an expression nests too deeply") from error

    @cached_property
    def names(self) -> frozenset[str]:
        """The names that the module binds, also within `if`, `try`, `with` and `match`. What comes
        from `__future__` is not among them: a function may have its name."""
        return frozenset(
            each.get_name()
            for each in self._symbols
            if (each.is_assigned() or each.is_imported())
            and (each.get_name() not in self.future or each.is_namespace())
        )

    @cached_property
    def future(self) -> frozenset[str]:
        """What the module imports from `__future__`."""
        return frozenset(
            alias.name
            for each in self.statements
            if isinstance(each, ast.ImportFrom) and each.module == "__future__"
            for alias in each.names
        )

    @property
    def star(self) -> int | None:
        """The line of the first `from … import *`, None if there is none."""
        return next(
            (
                each.lineno
                for each in self._imports()
                if isinstance(each, ast.ImportFrom) and each.names[0].name == "*"
            ),
            None,
        )

    @property
    def end_of_imports(self) -> int:
        """The last line of the docstring and the imports at the top; 0 if there are none."""
        last = 0
        for number, each in enumerate(self.statements):
            is_docstring = number == 0 and isinstance(each, ast.Expr)
            if not (is_docstring or isinstance(each, ast.Import | ast.ImportFrom)):
                break
            last = each.end_lineno or last
        return last

    def name_of(self, module: str) -> str | None:
        """The expression by which this module has imported another, None if it has not."""
        package, _, name = module.rpartition(".")
        for each in self._imports():
            if isinstance(each, ast.Import):
                wanted = module
                is_it = True
            else:
                wanted = name
                tail = each.module or ""
                is_it = package.endswith(tail) if each.level else package == tail
            for alias in each.names:
                if is_it and alias.name == wanted:
                    return alias.asname or wanted
        return None

    def _imports(self) -> Iterator[ast.Import | ast.ImportFrom]:
        """At the top level and, as under `if TYPE_CHECKING`, one below."""
        for each in self.statements:
            inner = [*each.body, *each.orelse] if isinstance(each, ast.If) else [each]
            yield from (one for one in inner if isinstance(one, ast.Import | ast.ImportFrom))
