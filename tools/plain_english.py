"""Finds phrases that read as translated, and prints what to write instead: `make lint` runs it.

plain_english.toml lists the phrases. They apply to documents, and to the comments and strings of
Python files; identifiers are not searched.
"""

from __future__ import annotations

import io
import re
import tokenize
import tomllib
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LIST = Path(__file__).with_suffix(".toml")
FOLDERS = ("src", "tools", "benchmarks", "contract-tests")
SUFFIXES = (".py", ".js", ".html", ".yaml")
DOCUMENTS = (
    *("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/*.md"),
    *("template.yaml", "openapi.yaml", "Makefile"),
)
_QUOTES = re.compile(r"^[A-Za-z]*('''|\"\"\"|'|\")|('''|\"\"\"|'|\")$")
_FIELD = re.compile(r"\{[^{}]*\}")
# Starts a paragraph: a list item, a table row, a heading, a key of YAML or a target of make.
_START = re.compile(r"\s*(?:[-*|] |\d+\. |#+ [A-Z]|[\w.-]+:)")


@dataclass(frozen=True)
class Phrase:
    """`find` is a regular expression; `bad` and `good` are one sentence before and after."""

    find: re.Pattern[str]
    write: str
    bad: str
    good: str


@dataclass(frozen=True)
class Hit:
    line: int
    found: str
    write: str


class Prose:
    """The text of a file, one paragraph a line, and where each part of it comes from."""

    def __init__(self) -> None:
        self.text = ""
        self._offsets: list[int] = []
        self._lines: list[int] = []

    def add(self, line: int, text: str) -> None:
        """Appends text that starts on a line of the file to the paragraph."""
        for number, each in enumerate(text.split("\n"), line):
            words = " ".join(each.split())
            if words:
                self._offsets.append(len(self.text))
                self._lines.append(number)
                self.text += f"{words} "

    def end(self) -> None:
        """Ends the paragraph; a phrase does not go beyond it."""
        self.text += "\n"

    def line(self, offset: int) -> int:
        return self._lines[bisect_right(self._offsets, offset) - 1]


def read_phrases() -> tuple[Phrase, ...]:
    listed = tomllib.loads(LIST.read_text(encoding="utf-8"))["phrase"]
    return tuple(
        Phrase(
            re.compile(rf"\b(?:{each['find']})\b", re.IGNORECASE),
            each["write"],
            each["bad"],
            each["good"],
        )
        for each in listed
    )


def python_prose(source: str) -> Prose:
    """Comments and strings, of which those next to each other are one paragraph. A replacement
    field of an f-string is one word."""
    prose, last, depth = Prose(), None, 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        name = tokenize.tok_name[token.type]
        depth += (name == "FSTRING_START") - (name == "FSTRING_END")
        if name in ("NL", "NEWLINE", "INDENT", "DEDENT"):
            continue
        kind = "STRING" if name.startswith("FSTRING") else name
        if kind != "STRING" and depth:  # a replacement field, since Python 3.12
            prose.add(token.start[0], "X" if token.string == "{" else "")
            continue
        if kind != last:
            prose.end()
        if kind == "COMMENT":
            prose.add(token.start[0], token.string.lstrip("#!"))
        elif kind == "STRING":
            prose.add(token.start[0], _FIELD.sub("X", _QUOTES.sub("", token.string)))
        last = kind
    return prose


def document_prose(source: str) -> Prose:
    prose = Prose()
    for number, line in enumerate(source.splitlines(), 1):
        bare = line.strip().lstrip("#")
        if not bare or _START.match(line):
            prose.end()
        prose.add(number, bare)
    return prose


def hits(prose: Prose, phrases: Iterable[Phrase]) -> list[Hit]:
    found = [
        Hit(prose.line(match.start()), match[0].strip(), phrase.write)
        for phrase in phrases
        for match in phrase.find.finditer(prose.text)
    ]
    return sorted(found, key=lambda hit: hit.line)


def _files() -> Iterator[Path]:
    for folder in FOLDERS:
        found = (ROOT / folder).rglob("*.*")
        yield from sorted(path for path in found if path.suffix in SUFFIXES)
    for pattern in DOCUMENTS:
        yield from sorted(ROOT.glob(pattern))


def main() -> int:
    phrases, count = read_phrases(), 0
    for path in _files():
        read = python_prose if path.suffix == ".py" else document_prose
        for hit in hits(read(path.read_text(encoding="utf-8")), phrases):
            count += 1
            file = path.relative_to(ROOT)
            print(f'{file}:{hit.line}: "{hit.found}" → "{hit.write}"')
    if count:
        print(f"{count} phrases to replace; tools/plain_english.toml has an example for each.")
    return 1 if count else 0


if __name__ == "__main__":
    raise SystemExit(main())
