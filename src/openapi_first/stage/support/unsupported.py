"""The extensions of an import document that have no effect on the stage, each with its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from openapi_first.aws.extensions import (
    ANY_METHOD,
    EXTENSIONS,
    INTEGRATION,
    PREFIX,
    Place,
)
from openapi_first.aws.members import MEMBERS
from openapi_first.aws.methods import ANY, METHODS
from openapi_first.core.json_pointer import escaped
from openapi_first.stage.api.nodes import Node, Problems
from openapi_first.stage.api.rest_api import Method
from openapi_first.stage.policies.errors import nearest
from openapi_first.stage.support.verdicts import VERDICTS, WITHOUT_EFFECT_BY_TYPE, Verdict

_NAMES = {
    Place.ROOT: "at the root",
    Place.SERVER: "in servers",
    Place.TAG: "in tags",
    Place.COMPONENTS: "in components",
    Place.PATH_ITEM: "in a path",
    Place.OPERATION: "in an operation",
    Place.SECURITY_SCHEME: "in a security scheme",
}
_OPERATIONS = {*(method.lower() for method in METHODS), ANY_METHOD}
# Their members are names of the user, or data.
_NOT_READ = {"schemas", "schema", "example", "examples", "default", "enum", "properties"}
_LISTED = 3


def unsupported(
    document: Mapping[str, Any], methods: Iterable[Method] = (), *, upstreams: bool = False
) -> Iterator[str]:
    """A warning for each; not for a value that has no effect on AWS either, nor, if there are
    `upstreams`, for what they replace. An integration of the `methods` that only AWS performs has
    its warning already: of its members, only misspelled ones have another."""
    root = Node(document, "", Problems())
    judge = _Judge(upstreams, frozenset(_not_performed(methods)))
    waiting: list[tuple[object, tuple[str, ...]]] = [(document, ())]
    while waiting:
        value, steps = waiting.pop()
        if isinstance(value, list):
            # The stack turns them round.
            waiting += reversed([(each, (*steps, str(n))) for n, each in enumerate(value)])
        elif isinstance(value, dict):
            place = _place(steps)
            below: list[tuple[object, tuple[str, ...]]] = []
            for key in value:
                name = str(key)
                if name.startswith(PREFIX):
                    yield from judge.extension(root, name, value[key], steps, place)
                if name == ANY_METHOD or not (name.startswith("x-") or name in _NOT_READ):
                    below.append((value[key], (*steps, name)))
            waiting += reversed(below)


def _not_performed(methods: Iterable[Method]) -> Iterator[str]:
    for method in methods:
        if method.integration.kind == "unsupported":
            name = ANY_METHOD if method.http_method == ANY else method.http_method.lower()
            yield f"/paths/{escaped(method.resource)}/{name}/{INTEGRATION}"


def _place(steps: tuple[str, ...]) -> Place | None:
    match steps:
        case ():
            return Place.ROOT
        case ("components",):
            return Place.COMPONENTS
        case ("servers", _):
            return Place.SERVER
        case ("tags", _):
            return Place.TAG
        case ("paths", _):
            return Place.PATH_ITEM
        case ("paths", _, method) if method in _OPERATIONS:
            return Place.OPERATION
        case ("components", "securitySchemes", _):
            return Place.SECURITY_SCHEME
    return None


@dataclass(frozen=True, slots=True)
class _Judge:
    upstreams: bool
    not_performed: frozenset[str]
    """The pointers of integrations that only AWS performs."""

    def extension(
        self, root: Node, name: str, value: object, steps: tuple[str, ...], place: Place | None
    ) -> Iterator[str]:
        pointer = "".join(f"/{escaped(step)}" for step in (*steps, name))
        known = EXTENSIONS.get(name)
        if known is None:
            yield f"#{pointer}: API Gateway has no such extension{nearest(name, EXTENSIONS)}"
        elif place not in known.places:
            where = " or ".join(sorted(_NAMES[each] for each in known.places))
            yield f"#{pointer}: it has no effect here, only {where}"
        else:
            node = Node(value, pointer, root.problems)
            if name == INTEGRATION:
                node = node.resolved(root)
            yield from self._judged(node, name, performed=pointer not in self.not_performed)

    def _judged(self, node: Node, path: str, *, performed: bool) -> Iterator[str]:
        """A key and the members below it."""
        verdict = VERDICTS.get(path, Verdict())
        silent = not performed or (self.upstreams and verdict.by_upstream)
        if verdict.reported and not silent and node.value not in (None, *verdict.unless):
            yield f"#{node.pointer}: {verdict.reported}"
        if not isinstance(node.value, dict):
            return
        if f"{path}/*" in MEMBERS:
            for each in node.values():
                yield from self._judged(each, f"{path}/*", performed=performed)
        if path in MEMBERS:
            yield from self._members(node, path, performed=performed)

    def _members(self, node: Node, path: str, *, performed: bool) -> Iterator[str]:
        kind = str(node.get("type").value).lower()
        for name, each in node.items():
            if name == "Ref" or name.startswith("Fn::"):
                continue  # a function of CloudFormation, which stands for the whole object
            if name not in MEMBERS[path]:
                yield f"#{each.pointer}: AWS has no such member{nearest(name, MEMBERS[path])}"
                continue
            by_type = WITHOUT_EFFECT_BY_TYPE.get(f"{path}/{name}")
            if by_type is not None and performed and by_type.concerns(kind, each.value):
                yield f"#{each.pointer}: {by_type.reported}"
            yield from self._judged(each, f"{path}/{name}", performed=performed)


def grouped(warnings: Iterable[str]) -> tuple[str, ...]:
    """Those that differ in their place only, as one with the first places and a count."""
    places: dict[str, dict[str, None]] = {}
    for warning in warnings:
        place, _, reason = warning.partition(": ")
        places.setdefault(reason, {})[place] = None
    lines: list[str] = []
    for reason, found in places.items():
        first = list(found)[:_LISTED]
        if len(found) > _LISTED:
            lines.append(f"{', '.join(first)} and {len(found) - _LISTED:,} more: {reason}")
        else:
            lines += [f"{place}: {reason}" for place in first]
    return tuple(lines)
