"""What a page of the documentation tells its reader to do, in order.

A page has blocks of the language `console`, with lines `$ command` and what each command prints.
`> ` begins a further line of a command, and so does a backslash at the end of the line before. A
line `...` stands for any lines. A page that writes files or a project begins in an empty folder,
another in a copy of this repository, unless it says where. HTML comments say what a reader does
between the commands:

| comment | meaning |
|---|---|
| `<!-- console: empty -->` | the page begins in an empty folder |
| `<!-- console: repository -->` | it begins in a copy of this repository |
| `<!-- console: older project -->` | it begins beside `shop`, a project of an earlier version |
| `<!-- file: PATH -->` | the next block is this file |
| `<!-- file: PATH (append) -->` | it is added to the end of the file |
| `<!-- file: PATH (after LINE) -->` | it is added after this line |
| `<!-- file: PATH (instead of LINE) -->` | it takes the place of this line |
| `<!-- file: PATH (replace NAME) -->` | it takes the place of the function NAME |
| `<!-- printed -->` | a command in the background prints the next block |
| `<!-- slow -->` | only `make test-all` runs the next block |
| `<!-- not run: REASON -->` | no test runs the commands in the next block |
| `<!-- sh is not run: REASON -->` | nor those in the blocks `sh` of the page |
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>\w*)\n(?P<text>.*?)^(?P=indent)```$"
    r"|^ *<!-- (?P<comment>.*?) -->",
    re.M | re.S,
)
_INDENTED = re.compile(r"(?<=\n\n)(?: {4}.*\n)+", re.M)
_FILE = re.compile(
    r"file: (?P<path>\S+)(?: \((?P<change>append|after .+|instead of .+|replace \w+)\))?"
)


@dataclass(frozen=True)
class Command:
    """A command, and the output that the page shows."""

    text: str
    output: str

    @property
    def in_background(self) -> bool:
        return self.text.endswith(" &")


@dataclass(frozen=True)
class Session:
    """The commands of one block. If none has an output, the page leaves the outputs out."""

    line: int
    commands: tuple[Command, ...]
    is_slow: bool = False

    @property
    def shows_output(self) -> bool:
        return any(command.output for command in self.commands)


@dataclass(frozen=True)
class File:
    """A block that a reader writes into a file, as the comment before it says."""

    line: int
    path: str
    change: str
    text: str


@dataclass(frozen=True)
class Printed:
    """A block with what a command in the background prints."""

    line: int
    text: str


@dataclass(frozen=True)
class Page:
    """A page whose reader begins in a copy of the `repository`, in an `empty` folder, or beside an
    `older project`."""

    path: Path
    place: str
    steps: tuple[Session | File | Printed, ...]

    @property
    def commands(self) -> Iterator[Command]:
        for step in self.steps:
            if isinstance(step, Session):
                yield from step.commands


@dataclass(frozen=True)
class Fence:
    """A block of code: its language, "" for an indented one, and the comment before it."""

    line: int
    language: str
    text: str
    comment: str


def fences(text: str) -> Iterator[Fence]:
    """The blocks of code of a page."""
    comment, end = "", 0
    for match in _FENCE.finditer(text):
        if text[end : match.start()].strip():
            comment = ""
        end = match.end()
        if match["comment"] is not None:
            comment = match["comment"]
            continue
        code = re.sub(f"(?m)^{match['indent']}", "", match["text"])
        yield Fence(_line(text, match.start()), match["language"] or "text", code, comment)
        comment = ""
    # What is left has neither fences nor comments in it, on the same lines.
    outside = _FENCE.sub(lambda match: "-" + "\n" * match[0].count("\n"), text)
    for match in _INDENTED.finditer(outside):
        if not re.search(r"(?m)^(?:[-*]|\d+\.) .*\n(?:\n| .*\n)*\Z", outside[: match.start()]):
            yield Fence(_line(outside, match.start()), "", textwrap.dedent(match[0]), "")


def read_page(path: Path) -> Page:
    """Raises ValueError for a comment that nobody understands."""
    text = path.read_text(encoding="utf-8")
    place = re.search(r"<!-- console: (empty|repository|older project) -->", text)
    steps: list[Session | File | Printed] = []
    for fence in fences(text):
        if fence.comment.startswith("file:"):
            found = _FILE.fullmatch(fence.comment)
            if found is None:
                raise ValueError(f"{path.name}:{fence.line}: not understood: {fence.comment}")
            steps.append(File(fence.line, found["path"], found["change"] or "", fence.text))
        elif fence.comment == "printed":
            steps.append(Printed(fence.line, fence.text))
        elif fence.language == "console":
            steps.append(Session(fence.line, tuple(_commands(fence.text)), fence.comment == "slow"))
    builds = re.search(r"<!-- file: |\$ contract init ", text) is not None
    default = "empty" if builds else "repository"
    return Page(path, place[1] if place else default, tuple(steps))


def _commands(text: str) -> Iterator[Command]:
    for part in re.split(r"(?m)^\$ ", text)[1:]:
        lines = part.splitlines()
        command = [lines.pop(0)]
        while lines and (lines[0].startswith("> ") or command[-1].endswith("\\")):
            command.append(lines.pop(0).removeprefix("> "))
        yield Command("\n".join(command).strip(), "\n".join(lines).strip())


def _line(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1
