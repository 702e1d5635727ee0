"""Segments of a contract's path: what API Gateway accepts as it is, and how to match the rest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from openapi_first.aws.names import PATH_SEGMENT, PATH_VARIABLE
from openapi_first.openapi.path_templates import VARIABLE

_STEP = re.compile(r"((?:\{[^{}]*\}|[^/])*)/")
_WORD = re.compile("[A-Za-z0-9]+")
_LITERAL, _MIXED, _WHOLE, _GREEDY = range(4)


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment as the contract writes it, such as `items`, `{id}`, `{id}.json` or `{path+}`."""

    text: str

    @property
    def is_literal(self) -> bool:
        """Whether the segment stays as it is written, without a variable. An empty one is an
        error at API Gateway."""
        return "{" not in self.text and (not self.text or bool(PATH_SEGMENT.fullmatch(self.text)))

    @property
    def is_whole(self) -> bool:
        """Whether the segment is one variable."""
        return VARIABLE.fullmatch(self.text) is not None

    @property
    def is_greedy(self) -> bool:
        return any(found[2] for found in VARIABLE.finditer(self.text))

    @property
    def names(self) -> tuple[str, ...]:
        """The contract's names of its variables, without the plus sign."""
        return tuple(found[1] for found in VARIABLE.finditer(self.text))

    @property
    def gateway_name(self) -> str | None:
        """The name of a whole variable if API Gateway accepts it."""
        usable = self.is_whole and PATH_VARIABLE.fullmatch(self.names[0]) is not None
        return self.names[0] if usable else None

    @property
    def derived_name(self) -> str:
        """A name for the variable that stands for the segment: `id_json` for `{id}.json`."""
        return "_".join(_WORD.findall(unquote(self.text))) or "segment"

    @property
    def rank(self) -> tuple[int, int]:
        """Smaller for a more literal segment."""
        literal = -len(VARIABLE.sub("", self.text))
        if self.is_greedy:
            return _GREEDY, literal
        if self.is_whole:
            return _WHOLE, 0
        return (_MIXED if self.names else _LITERAL), literal


def segments_of(path: str) -> tuple[Segment, ...]:
    """The segments of a path template. One trailing slash is ignored, as API Gateway ignores it
    (recorded from AWS)."""
    inner = path.removeprefix("/").removesuffix("/")
    return tuple(map(Segment, _STEP.findall(f"{inner}/"))) if inner else ()


def pattern_of(segments: Sequence[Segment]) -> str:
    """A regular expression for the percent-encoded text of the segments, reversed.

    Its groups are the variables from right to left, each reversed. From the right, each variable
    ends at the first place where the literal before it matches, so the first variable gets as much
    as it can, like in `path_templates`. No other place is tried, so the time is linear.
    """
    parts, text = _parts(segments), ""
    while parts:
        part = parts.pop()
        if isinstance(part, str):
            text += _literal(part)
            continue
        octet = "." if part.greedy else "[^/]"
        if not parts:
            text += f"({octet}+)"
        elif isinstance(literal := parts.pop(), str):
            # The variable before the literal takes what is left. Without one, or if this variable
            # is greedy, the first place need not be the right one.
            group = "?>" if parts and not part.greedy else "?:"
            text += f"({group}({octet}+?){_literal(literal)})"
        else:
            parts.append(literal)
            text += f"({octet})"
    return text


@dataclass(frozen=True, slots=True)
class _Variable:
    greedy: bool


def _parts(segments: Sequence[Segment]) -> list[str | _Variable]:
    """The literals, with their slashes, and the variables between them."""
    template, last = "/".join(segment.text for segment in segments), 0
    parts: list[str | _Variable] = []
    for found in VARIABLE.finditer(template):
        parts += [template[last : found.start()], _Variable(bool(found[2]))]
        last = found.end()
    return [part for part in (*parts, template[last:]) if part != ""]


def _literal(text: str) -> str:
    """Matches the reversed text however a client encodes it: `@` or `%40` (RFC 3986 §6.2.2)."""
    steps = (unquote(step) for step in text.split("/"))
    return "/".join("".join(map(_character, reversed(step))) for step in reversed(tuple(steps)))


def _character(character: str) -> str:
    if character.isascii() and character.isalnum():
        return character
    octets = character.encode("utf-8", "surrogatepass")
    encoded = "".join(f"%{octet:02X}" for octet in octets)
    return f"(?:{re.escape(character)}|(?i:{encoded[::-1]}))"
