"""One finding of `contract lint`, with its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from openapi_first.lint.rule import Rule
from openapi_first.lint.rules import RULES
from openapi_first.openapi.node import Node


@dataclass(frozen=True, slots=True)
class Finding:
    """`pointer` is a JSON Pointer into `file`, `line` counts from 1."""

    rule: Rule
    file: str
    line: int | None
    pointer: str
    detail: str

    def as_data(self) -> dict[str, Any]:
        """The finding as JSON."""
        return {
            "rule": self.rule.id,
            "verdict": self.rule.verdict.name.lower(),
            "file": self.file,
            "line": self.line,
            "pointer": self.pointer,
            "detail": self.detail,
            "statement": self.rule.statement,
            "source": self.rule.source,
            "remedy": self.rule.remedy,
        }


def finding(rule: str, node: Node, detail: str) -> Finding:
    """A finding at a node."""
    line = node.source.line(node.pointer)
    return Finding(RULES[rule], str(node.source.path), line, node.pointer, detail)


def ordered(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Each once, in the order of the files."""
    return tuple(
        sorted(
            dict.fromkeys(findings),
            key=lambda each: (each.file, each.line or 0, each.pointer, each.rule.id, each.detail),
        )
    )
