"""Text that is printed for people: control characters are shown, and never reach the terminal."""

from __future__ import annotations

_C0, _DEL, _C1 = range(0x20), 0x7F, range(0x80, 0xA0)
_SHOWN = {code: f"\\x{code:02x}" for code in (*_C0, _DEL, *_C1) if chr(code) not in "\n\t"}


def on_one_line(text: str) -> str:
    """The text with every control character written as `\\x0a`, for a place in a line."""
    return visible(text).replace("\n", "\\x0a").replace("\t", "\\x09")


def visible(text: str) -> str:
    """The text with every control character (C0, DEL, C1) except new line and tab written as
    `\\x1b`. Names in a contract and of files may hold sequences that a terminal would obey."""
    return text.translate(_SHOWN)
