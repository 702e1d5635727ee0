"""What is wrong with a template, and what the stage does not serve of it, each with its place."""

from __future__ import annotations

from collections.abc import Iterable

from openapi_first.core.errors import UserError
from openapi_first.core.terminal_text import on_one_line
from openapi_first.documents.errors import Diagnostic, in_file_order
from openapi_first.documents.source import Source


class TemplateError(UserError):
    """The template cannot be served; `diagnostics` has every error found, in file order."""

    names_place = True

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = in_file_order(diagnostics)
        super().__init__("\n".join(map(str, self.diagnostics)))


class Problems:
    """The errors and the notes of one template, each of them once."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.errors: dict[Diagnostic, None] = {}
        self.notes: dict[str, None] = {}

    def report(self, pointer: str, detail: str, remedy: str) -> None:
        """An error at a JSON Pointer into the template."""
        origin, below = self.source.origin(pointer)
        line = origin.line(below)
        self.errors[Diagnostic(str(origin.path), line, below, detail, remedy)] = None

    def note(self, pointer: str, detail: str) -> None:
        """What is not served although requests could reach it."""
        self.note_in(*self.source.origin(pointer), detail)

    def note_repeated(self, source: Source, pointers: Iterable[str]) -> None:
        """The keys that a file has more than once."""
        for pointer in pointers:
            self.note_in(source, pointer, "the key is repeated; its last value counts")

    def note_in(self, origin: Source, below: str, detail: str) -> None:
        """The same, of a place in a file."""
        line = origin.line(below)
        place = f"{origin.path}:{line}" if line else str(origin.path)
        self.notes[on_one_line(f"{place}: {detail} (#{below})")] = None

    def raise_errors(self) -> None:
        """Raises TemplateError if there is an error."""
        if self.errors:
            raise TemplateError(self.errors)
