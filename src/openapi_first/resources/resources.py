"""The resources and methods of API Gateway for a contract's operations."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from openapi_first.aws.extensions import AUTH
from openapi_first.aws.methods import ANY
from openapi_first.documents.errors import Diagnostic
from openapi_first.documents.node import Node
from openapi_first.openapi.model import Contract, Operation
from openapi_first.resources.sharing import method_of
from openapi_first.resources.templates import Template, templates_of

Key: TypeAlias = tuple[str, str]
"""A method and a resource, `("GET", "/items/{id}")`."""


Security: TypeAlias = Sequence[Mapping[str, Sequence[str]]]
"""Alternative requirements; each has the scopes of its schemes (OpenAPI 3.0.3 §4.7.30)."""


@dataclass(frozen=True, slots=True)
class Resources:
    """`templates` are by the contract's path. `sharing` are the operations whose requests each
    method of a resource receives, the most literal path first: also one for any method, if its path
    does not have the method and another path does. `methods` are the same as API Gateway has them:
    each path is the resource, and each path parameter is a variable of it. `paths` are the paths of
    the contract at each resource, with their methods."""

    templates: Mapping[str, Template]
    sharing: Mapping[Key, tuple[Operation, ...]]
    methods: Mapping[Key, Operation]
    paths: Mapping[str, Mapping[str, Collection[str]]]

    def key(self, operation: Operation) -> Key:
        return operation.method, self.templates[operation.path].resource

    def method(self, operation: Operation) -> Operation:
        """The method that receives the operation's requests."""
        return self.methods[self.key(operation)]

    def beside(self, operation: Operation) -> tuple[Operation, ...]:
        """The other operations of its method."""
        return tuple(each for each in self.sharing[self.key(operation)] if each is not operation)

    def by_resource(self, contract: Contract) -> dict[str, list[Operation]]:
        """The contract's operations of each resource, in the order of the contract."""
        found: dict[str, list[Operation]] = {}
        for operation in contract.operations:
            found.setdefault(self.key(operation)[1], []).append(operation)
        return found

    def candidates(self, key: Key) -> tuple[Template, ...]:
        """The paths that a request to the method may be meant for, the most literal first.

        Also those without the method: as API Gateway does for static segments, the most literal
        path decides, and only then the method.
        """
        method, resource = key
        return _candidates(method, self.paths[resource], self.templates)

    @property
    def count(self) -> int:
        """How many resources the API has: each step of a path is one, and `/` is one."""
        found = {"/"}
        for template in self.templates.values():
            steps = template.resource.strip("/").split("/")
            found.update("/".join(steps[: index + 1]) for index in range(len(steps)))
        return len(found - {""})


def resources_of(contract: Contract) -> Resources:
    """The same for the same contract; a path added at the end of it renames no variable that has a
    name from the contract."""
    operations = contract.operations
    # Mapping expressions of an integration name the variables of that path.
    fixed = {each.path for each in operations if each.own_integration is not None}
    templates = templates_of(dict.fromkeys(each.path for each in operations), fixed)
    groups: dict[Key, dict[str, Operation]] = {}
    paths: dict[str, dict[str, set[str]]] = {}
    for operation in operations:
        resource = templates[operation.path].resource
        groups.setdefault((operation.method, resource), {})[operation.path] = operation
        at_path = paths.setdefault(resource, {}).setdefault(operation.path, set())
        at_path.add(operation.method)
    for (method, resource), group in groups.items():
        # An operation for any method leaves OPTIONS to preflights, unless it answers by itself.
        for_any = groups.get((ANY, resource), {}) if method != ANY else {}
        for template in _candidates(method, paths[resource], templates) if for_any else ():
            other = for_any.get(template.path)
            if other is not None and (method != "OPTIONS" or other.own_integration is not None):
                group.setdefault(template.path, other)
    methods = {
        key: replace(
            method_of([(each, templates[each.path]) for each in group.values()]), method=key[0]
        )
        for key, group in groups.items()
    }
    sharing = {
        key: tuple(sorted(group.values(), key=lambda each: templates[each.path].rank))
        for key, group in groups.items()
    }
    return Resources(templates, sharing, methods, paths)


def _candidates(
    method: str, paths: Mapping[str, Collection[str]], templates: Mapping[str, Template]
) -> tuple[Template, ...]:
    """The templates of the paths of a resource, the most literal first, one for each pattern."""
    found: dict[object, Template] = {}
    for path, methods in paths.items():
        template = templates[path]
        # Paths that differ in names only are one path, and ANY is for the methods that it lacks.
        known = found.get(template.patterns)
        taken = paths[known.path] if known is not None else ()
        if known is None or method in methods or (ANY in methods and method not in taken):
            found[template.patterns] = template
    return tuple(sorted(found.values(), key=lambda template: template.rank))


def sharing_errors(
    resources: Resources, security: Callable[[Operation], Security]
) -> Iterator[tuple[str, Diagnostic]]:
    """What operations of one method cannot differ in, with the id of its rule in `contract lint`.

    `security` returns the requirements that API Gateway enforces for an operation.
    """
    for operations in resources.sharing.values():
        first, seen = operations[0], dict[object, Operation]()
        for operation in operations:
            template = resources.templates[operation.path]
            other = seen.setdefault(template.patterns, operation)
            if other is not operation:
                yield "same-resource", _indistinct(operation, other)
        for operation in operations:
            plain = resources.templates[operation.path].is_plain
            if operation.own_integration is not None and not (plain and len(operations) == 1):
                yield "shared-integration", _not_alone(operation)
            unequal = _alternatives(security(operation)) != _alternatives(security(first))
            if unequal or operation.node.value.get(AUTH) != first.node.value.get(AUTH):
                yield "shared-security", _unequal(operation, first)


def _indistinct(operation: Operation, other: Operation) -> Diagnostic:
    return operation.node.diagnostic(
        f"no request to {operation.method} {operation.path} differs from one to "
        f"{other.path}{_line(other.node)}",
        "Remove one of the two, or change its path.",
    )


def _not_alone(operation: Operation) -> Diagnostic:
    place = operation.own_integration or operation.node
    return place.diagnostic(
        f"API Gateway has {operation.method} {operation.path} under another path or in a method "
        "that it shares, which its integration does not know",
        "Remove the integration, or use a path that API Gateway takes and shares with no other.",
    )


def _unequal(operation: Operation, other: Operation) -> Diagnostic:
    place = operation.node.child("security") or operation.node.child(AUTH) or operation.node
    return place.diagnostic(
        f"{operation.method} {operation.path} and {other.path}{_line(other.node)} are one method "
        "of API Gateway, and their security differs",
        f"Give both the same `security` and {AUTH}, or change one of the paths.",
    )


def _line(node: Node) -> str:
    line = node.source.line(node.pointer)
    return f" on line {line}" if line else ""


def _alternatives(security: Security) -> frozenset[frozenset[tuple[str, frozenset[str]]]]:
    """The alternatives; neither their order nor that of schemes and scopes has a meaning."""
    return frozenset(
        frozenset((name, frozenset(scopes)) for name, scopes in requirement.items())
        for requirement in security
    )
