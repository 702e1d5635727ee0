"""Breaks long annotations into lines, as formatters of Python do."""

from __future__ import annotations

import ast
from dataclasses import dataclass

_STEP = 4


@dataclass(frozen=True, slots=True)
class _Layout:
    source: str
    width: int

    def lines(self, node: ast.expr, before: str, after: str) -> list[str]:
        """`before` is what stands in front of the expression on its line, with the indentation."""
        flat = f"{before}{self.text(node)}{after}"
        if len(flat) <= self.width:
            return [flat]
        indent = " " * (len(before) - len(before.lstrip(" ")))
        operands = _operands(node)
        if len(operands) > 1:
            found = self.lines(operands[0], before, "")
            for operand in operands[1:]:
                last = operand is operands[-1]
                found += self.lines(operand, f"{indent}| ", after if last else "")
            return found
        if not isinstance(node, ast.Subscript):
            return [flat]
        inside = indent + " " * _STEP
        return [
            f"{before}{self.text(node.value)}[",
            *self._inside(node.slice, inside),
            f"{indent}]{after}",
        ]

    def _inside(self, node: ast.expr, indent: str) -> list[str]:
        elements = node.elts if isinstance(node, ast.Tuple) else []
        if len(elements) < 2 or len(indent + self.text(node)) <= self.width:
            return self.lines(node, indent, "")
        return [line for each in elements for line in self.lines(each, indent, ",")]

    def text(self, node: ast.expr) -> str:
        return ast.get_source_segment(self.source, node) or ""


def broken(expression: str, before: str, after: str, width: int) -> str:
    """The line `before`, `expression`, `after`, in several lines if it is longer than `width`."""
    layout = _Layout(expression, width)
    return "\n".join(layout.lines(_parsed(expression), before, after))


def broken_result(expression: str, before: str, width: int) -> str:
    """The end of the head of a function, `before` and the expression and a colon. Alternatives that
    do not fit stand in parentheses."""
    layout = _Layout(expression, width)
    node = _parsed(expression)
    if len(f"{before}{expression}:") <= width or len(_operands(node)) < 2:
        return "\n".join(layout.lines(node, before, ":"))
    return "\n".join((f"{before}(", *layout.lines(node, " " * _STEP, ""), "):"))


def _parsed(expression: str) -> ast.expr:
    return ast.parse(expression, mode="eval").body


def _operands(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return [*_operands(node.left), node.right]
    return [node]
