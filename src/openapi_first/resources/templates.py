"""Gives each path of a contract its resource at API Gateway.

A resource has at most one child that is a variable, and a variable is a whole segment (AWS:
api-gateway-known-issues; the control plane: "A sibling of this resource already has a variable path
part -- only one is allowed"). So a variable of API Gateway can stand for variables of several
names, and for segments such as `{id}.json`; a greedy variable can stand for several segments.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from openapi_first.resources.segments import Segment, pattern_of, segments_of

_END = (sys.maxsize, 0)


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of a resource, and the contract's variables in its value.

    `pattern` matches the value, as `pattern_of` says; without one, the value is that of the only
    name. `text` is what the contract has in its place, `{id}.json`.
    """

    name: str
    text: str
    pattern: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """A path of the contract, and its resource. `rank` is smaller for a more literal path."""

    path: str
    resource: str
    variables: tuple[Variable, ...]
    rank: tuple[tuple[int, int], ...]

    @property
    def is_plain(self) -> bool:
        """Whether the resource is written like the path."""
        return self.path == self.resource

    @property
    def patterns(self) -> tuple[str, ...]:
        """Equal for the paths of a resource that no request distinguishes."""
        return tuple(variable.pattern for variable in self.variables)


@dataclass(slots=True)
class _Row:
    """A path on its way down the tree."""

    path: str
    segments: tuple[Segment, ...]
    resource: list[str] = field(default_factory=list)
    variables: list[Variable] = field(default_factory=list)

    @property
    def is_at_end(self) -> bool:
        return len(self.resource) == len(self.segments)

    @property
    def next(self) -> Segment:
        return self.segments[len(self.resource)]

    def take(self, name: str) -> None:
        """Goes one segment down, into the variable of this name."""
        segment = self.next
        plain = segment.is_whole and not segment.is_greedy
        pattern = "" if plain else pattern_of([segment])
        self.variables.append(Variable(name, segment.text, pattern, segment.names))
        self.resource.append(f"{{{name}}}")

    def finish(self, name: str) -> Template:
        """The template, with the rest of the path in the greedy variable of this name."""
        rest = self.segments[len(self.resource) :]
        plain = len(rest) == 1 and rest[0].is_whole and rest[0].is_greedy
        names = tuple(each for segment in rest for each in segment.names)
        text = "/".join(segment.text for segment in rest)
        variable = Variable(name, text, "" if plain else pattern_of(rest), names)
        resource = "/".join(("", *self.resource, f"{{{name}+}}"))
        variables = (*self.variables, variable)
        return Template(self.path, resource, variables, _rank(self.segments))

    def end(self) -> Template:
        resource = "/".join(("", *self.resource)) if self.resource else "/"
        return Template(self.path, resource, tuple(self.variables), _rank(self.segments))


def templates_of(paths: Iterable[str], fixed: Collection[str] = ()) -> dict[str, Template]:
    """The template of each path, in the order of the paths.

    The first path with a name that API Gateway accepts names a variable, those in `fixed` before
    the others; if there is none, the name is derived from the first path's segment.
    """
    found: dict[str, Template] = {}
    rows = [_Row(path, segments_of(path)) for path in paths]
    places = [rows]
    while places:
        literal: dict[str, list[_Row]] = {}
        others: list[_Row] = []
        for row in places.pop():
            if row.is_at_end:
                found[row.path] = row.end()
            elif row.next.is_literal:
                literal.setdefault(row.next.text, []).append(row)
            else:
                others.append(row)
        for text, below in literal.items():
            for row in below:
                row.resource.append(text)
            places.append(below)
        if any(row.next.is_greedy for row in others):
            name = _name(others, fixed)
            found.update((row.path, row.finish(name)) for row in others)
        elif others:
            name = _name(others, fixed)
            for row in others:
                row.take(name)
            places.append(others)
    return {row.path: found[row.path] for row in rows}


def _name(rows: list[_Row], fixed: Collection[str]) -> str:
    """The name of the variable at a place. Rows of one place have the same variables above it."""
    above = {variable.name for variable in rows[0].variables}
    ordered = sorted(rows, key=lambda row: (row.path not in fixed, not row.next.is_greedy))
    given = [name for row in ordered if (name := row.next.gateway_name) is not None]
    for name in given:
        if name not in above:
            return name
    wanted = given[0] if given else rows[0].next.derived_name
    number, name = 1, wanted
    while name in above:
        number += 1
        name = f"{wanted}_{number}"
    return name


def _rank(segments: tuple[Segment, ...]) -> tuple[tuple[int, int], ...]:
    # What follows a greedy variable makes a path more literal than its end there.
    return (*(segment.rank for segment in segments), _END)
