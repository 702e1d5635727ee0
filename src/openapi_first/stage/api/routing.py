"""Finding the method of a request by its path.

Static segments win over variables, variables over a greedy `{proxy+}` (AWS:
api-gateway-set-up-simple-proxy, known issues). Segments are compared percent-encoded, as sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from openapi_first.aws.methods import ANY, METHODS
from openapi_first.aws.names import PATH_SEGMENT
from openapi_first.stage.api.rest_api import Method


@dataclass(frozen=True, slots=True)
class StagePath:
    """A path split at its stage: `/prod//items/` is `/items/` in the stage `prod`."""

    stage: str
    full: str
    """With the stage, as sent: `requestContext.path`."""
    in_stage: str
    """Without it, a doubled leading slash collapsed: `path` of the event."""


def split_stage(path: str) -> StagePath:
    """The first segment is the stage; doubled slashes before it are tolerated."""
    full = "/" + path.lstrip("/")
    stage, slash, rest = full[1:].partition("/")
    return StagePath(stage, full, "/" + rest.lstrip("/") if slash else "/")


def below_domain(path: str, stage: str) -> StagePath:
    """A path behind a custom domain name that a stage is mapped to: neither `requestContext.path`
    nor the path of the event has the stage (AWS: how-to-custom-domains)."""
    full = "/" + path.lstrip("/")
    return StagePath(stage, full, full)


@dataclass(frozen=True, slots=True)
class Route:
    """A matched method, and its path parameters as they were sent."""

    method: Method
    path_parameters: Mapping[str, str]


@dataclass(slots=True)
class _Resource:
    static: dict[str, _Resource] = field(default_factory=dict)
    variable: tuple[str, _Resource] | None = None
    greedy: tuple[str, _Resource] | None = None
    methods: dict[str, Method] = field(default_factory=dict)


class Router:
    """The resource tree of an API."""

    def __init__(self, methods: Iterable[Method], *, case_sensitive: bool = True) -> None:
        self._fold: Callable[[str], str] = str if case_sensitive else str.lower
        self._root = _Resource()
        for method in methods:
            self._add(method)

    def _add(self, method: Method) -> None:
        node = self._root
        for segment in _segments(method.resource):
            if not segment.startswith("{"):
                node = node.static.setdefault(self._fold(segment), _Resource())
            elif segment.endswith("+}"):
                node.greedy = node.greedy or (segment[1:-2], _Resource())
                node = node.greedy[1]
            else:
                node.variable = node.variable or (segment[1:-1], _Resource())
                node = node.variable[1]
        node.methods[method.http_method] = method

    def match(self, http_method: str, path: str) -> Route | None:
        """The route of a path in the stage; None for an unknown path or method."""
        best_is_greedy = None
        for resource, parameters, greedy in _candidates(
            self._root, _segments(path), self._fold, {}, 0
        ):
            # After a resource without the method, only a greedy sibling can match.
            if best_is_greedy is not None and not greedy:
                continue
            best_is_greedy = greedy
            method = resource.methods.get(http_method)
            if method is None and http_method in METHODS:
                method = resource.methods.get(ANY)
            if method is not None:
                return Route(method, parameters)
        return None


def _segments(path: str) -> list[str]:
    """The segments of a path; one trailing slash is ignored."""
    inner = path[1:].removesuffix("/")
    return inner.split("/") if inner else []


def _candidates(
    node: _Resource, segments: list[str], fold: Callable[[str], str], taken: dict[str, str], at: int
) -> Iterator[tuple[_Resource, dict[str, str], bool]]:
    """Every resource that matches, best first, with its parameters and whether it is greedy."""
    if at == len(segments):
        if node.methods:
            yield node, taken, False
        return
    segment = segments[at]
    static = node.static.get(fold(segment))
    if static is not None:
        yield from _candidates(static, segments, fold, taken, at + 1)
    if node.variable is not None and segment:
        name, below = node.variable
        yield from _candidates(below, segments, fold, {**taken, name: segment}, at + 1)
    if node.greedy is not None and any(segments[at:]):
        name, below = node.greedy
        yield below, {**taken, name: "/".join(segments[at:])}, True


def tree_problems(templates: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Paths that AWS would refuse, and why (AWS: known issues; the control plane's messages)."""
    variables: dict[tuple[str, ...], str] = {}
    for template in sorted(templates):
        segments = _segments(template)
        for index, segment in enumerate(segments):
            if not PATH_SEGMENT.fullmatch(segment):
                yield template, f"{segment!r} is not a legal path segment"
            if not segment.startswith("{"):
                continue
            if segment.endswith("+}") and index + 1 < len(segments):
                yield (
                    template,
                    f"Cannot create a child of a resource with a greedy path variable: {segment}",
                )
            parent = tuple(segments[:index])
            other = variables.setdefault(parent, segment)
            if other != segment:
                yield (
                    template,
                    f"A sibling ({other}) of this resource already has a variable path part -- "
                    "only one is allowed",
                )
