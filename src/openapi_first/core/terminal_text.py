"""Text that is printed for people: control characters are shown, and never reach the terminal."""

from __future__ import annotations

import sys
from typing import TextIO

_C0, _DEL, _C1 = range(0x20), 0x7F, range(0x80, 0xA0)
_SHOWN = {code: f"\\x{code:02x}" for code in (*_C0, _DEL, *_C1) if chr(code) not in "\n\t"}


def on_one_line(text: str) -> str:
    """The text with every control character written as `\\x0a`, for a place in a line."""
    if text.isprintable():
        return text
    return visible(text).replace("\n", "\\x0a").replace("\t", "\\x09")


def visible(text: str) -> str:
    """The text with every control character (C0, DEL, C1) except new line and tab written as
    `\\x1b`. Names in a contract and of files may hold sequences that a terminal would obey."""
    return text.translate(_SHOWN)


def show(text: str, file: TextIO | None = None) -> None:
    """Prints what is visible of the text; characters that the output cannot have are escaped."""
    output = sys.stdout if file is None else file
    encoding = output.encoding or "utf-8"
    shown = visible(text).encode(encoding, "backslashreplace").decode(encoding)
    print(shown, file=output)
