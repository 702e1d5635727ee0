"""Operators on requests: constraints that nobody checks, and values that nobody handles."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

from mutants.changes import Change, Document, Event, Operator, answering, is_of, json_of
from mutants.schema_parts import everything, objects, parts
from mutants.services import Answer, Handler, State, Wrap
from openapi_first.conformance.model.resources import bound_parameters
from openapi_first.core.json_pointer import unescaped
from openapi_first.documents.node import Node
from openapi_first.openapi.model import Contract, Operation, Parameter

_LOWER = ("minimum", "minLength", "minItems", "minProperties", "exclusiveMinimum")
_UPPER = ("maximum", "maxLength", "maxItems", "maxProperties", "exclusiveMaximum")
_DROPPED = ("pattern", "uniqueItems", "multipleOf", "const", "format", "additionalProperties",
            "unevaluatedProperties", "type", "enum", "required")  # fmt: skip
_FORMATS = ("date-time", "date", "uuid", "email", "uri", "ipv4")


def _at(document: Document, pointer: str) -> Any:
    for step in pointer.split("/")[1:]:
        key = unescaped(step)
        document = document[int(key) if isinstance(document, list) else key]
    return document


def _schemas(contract: Contract, *, loosened: bool) -> Iterator[tuple[str, Node]]:
    """The schemas of requests, each once, with the name of its place.

    Loosened ones are not those of path variables, since nothing exists at what they forbid, nor
    those of values that only links give.
    """
    bound = bound_parameters(contract)
    seen: set[object] = set()
    for operation in contract.operations:
        places = [
            (f"{each.location} {each.name}", each.schema)
            for each in operation.parameters
            if not (loosened and each.location == "path")
            and (operation.id, f"{each.location} {each.name}") not in bound
        ]
        content = operation.body.content if operation.body is not None else ()
        places += [("body", each.schema) for each in content if each.schema is not None]
        for place, schema in places:
            for node, _ in everything(schema):
                if node.identity not in seen:
                    seen.add(node.identity)
                    yield f"{operation.id} {place} {node.pointer.rpartition('schema')[2]}", node


def _by_keyword(
    edit: Callable[[str, dict[str, Any]], Iterator[tuple[str, Any]]], *, loosened: bool
) -> Callable[[Contract], Iterator[Change]]:
    """`edit` yields keywords with their new values, `...` to drop them."""

    def changes(contract: Contract) -> Iterator[Change]:
        for place, node in _schemas(contract, loosened=loosened):
            for keyword in sorted(node.value):
                for name, value in edit(keyword, node.value):

                    def change(
                        document: Document, node: Node = node, name: str = name, value: Any = value
                    ) -> None:
                        schema = _at(document, node.pointer)
                        if value is ...:
                            del schema[name]
                        else:
                            schema[name] = value

                    yield Change(f"{place} {keyword} {_shown(value)}", contract=change)

    return changes


def _shown(value: Any) -> str:
    return "dropped" if value is ... else str(value)[:40]


def _step(schema: dict[str, Any]) -> float | int:
    if schema.get("multipleOf"):
        return float(schema["multipleOf"]) if schema.get("type") != "integer" else schema["multipleOf"]
    return 1


def _moved(keyword: str, schema: dict[str, Any], direction: int) -> Iterator[tuple[str, Any]]:
    """Bounds that are moved by one: outwards for 1, inwards for -1."""
    bound = schema[keyword]
    if isinstance(bound, bool) or not isinstance(bound, int | float):
        return
    if keyword in _LOWER:
        moved = bound - direction * _step(schema)
        if moved >= 0 or keyword in ("minimum", "exclusiveMinimum"):
            yield keyword, _plain(moved)
    elif keyword in _UPPER:
        yield keyword, _plain(bound + direction * _step(schema))


def _plain(number: float) -> float | int:
    number = round(number, 6)
    return int(number) if math.floor(number) == number else number


def _loosened(keyword: str, schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    yield from _moved(keyword, schema, 1)


def _tightened(keyword: str, schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    yield from _moved(keyword, schema, -1)
    if keyword == "enum" and len(schema["enum"]) > 1:
        yield keyword, schema["enum"][:-1]
    if keyword == "nullable" and schema["nullable"]:
        yield keyword, ...
    if keyword == "type" and isinstance(schema["type"], list) and "null" in schema["type"]:
        yield keyword, [each for each in schema["type"] if each != "null"]
    if keyword == "properties":
        optional = [each for each in schema["properties"] if each not in schema.get("required", ())]
        for name in optional:
            yield "required", [*schema.get("required", ()), name]


def _dropped(keyword: str, schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    if keyword not in _DROPPED or (keyword == "format" and schema["format"] not in _FORMATS):
        return
    if keyword == "type" and not (isinstance(schema["type"], str) and schema["type"] != "object"):
        return
    if keyword in ("additionalProperties", "unevaluatedProperties") and schema[keyword] is not False:
        return
    if keyword == "multipleOf" and schema.get("type") == "integer" and schema[keyword] == 1:
        return
    if keyword == "type" and schema.keys() & {"enum", "const", "pattern", "format"}:
        return
    if keyword != "required":
        yield keyword, ...
    for name in schema["required"] if keyword == "required" else ():
        rest = [each for each in schema["required"] if each != name]
        yield keyword, rest or ...


def _optional_parts(contract: Contract) -> Iterator[Change]:
    """Required bodies and parameters that may be left out."""
    for operation in contract.operations:
        required = [each.node for each in operation.parameters if each.required and each.location != "path"]
        if operation.body is not None and operation.body.required:
            required.append(operation.body.node)
        for node in required:

            def change(document: Document, pointer: str = node.pointer) -> None:
                del _at(document, pointer)["required"]

            yield Change(f"{operation.id} {node.pointer.rpartition('/')[2]}", contract=change)


def _any_media_type(contract: Contract) -> Iterator[Change]:
    for operation in contract.operations:
        if operation.body is not None:

            def change(document: Document, pointer: str = operation.body.node.pointer) -> None:
                _at(document, pointer)["content"]["*/*"] = {}

            yield Change(operation.id, contract=change)


_FAILED = {"type": "about:blank", "title": "Internal Server Error", "status": 500}


def _failing(operation: Operation, fails: Callable[[Event], bool]) -> Wrap:
    """Fails for some of the requests that would succeed."""

    def wrap(handler: Handler, state: State) -> Handler:
        def handle(event: Event) -> Answer:
            answer = handler(event)
            if is_of(event, operation) and answer["statusCode"] < 400 and fails(event):
                state.changed += 1
                raise ValueError("this value is not handled")
            return answer

        return handle

    return wrap


def _values(
    wanted: Callable[[Node], Callable[[Any], bool] | None],
) -> Callable[[Contract], Iterator[Change]]:
    """Fails for values of a member of the body, or of a parameter."""

    def changes(contract: Contract) -> Iterator[Change]:
        for operation in contract.operations:
            for entry in operation.body.content if operation.body is not None else ():
                for part in parts(entry.schema) if entry.schema and "json" in entry.name else ():
                    matches = wanted(part.schema)
                    if part.path and part.path[-1] != "*" and matches is not None:

                        def fails(event: Event, path: Any = part.path, matches: Any = matches) -> bool:
                            holders = objects(json_of(event), path[:-1])
                            return any(path[-1] in each and matches(each[path[-1]]) for each in holders)

                        yield Change(f"{operation.id} {part}", _failing(operation, fails))
            for parameter in operation.parameters:
                matches = wanted(parameter.schema.followed())
                if parameter.location == "query" and matches is not None and _is_plain(parameter):

                    def asked(event: Event, name: str = parameter.name, matches: Any = matches) -> bool:
                        text = (event["queryStringParameters"] or {}).get(name)
                        return text is not None and matches(_number(text))

                    yield Change(f"{operation.id} {parameter.name}", _failing(operation, asked))

    return changes


def _is_plain(parameter: Parameter) -> bool:
    return parameter.schema.followed().value.get("type") in ("string", "integer", "number")


def _number(text: str) -> Any:
    return int(text) if text.lstrip("-").isdecimal() else text


def _at_bound(keywords: tuple[str, ...]) -> Callable[[Node], Callable[[Any], bool] | None]:
    def wanted(schema: Node) -> Callable[[Any], bool] | None:
        bounds = {each: schema.value[each] for each in keywords if each in schema.value}
        if not bounds or schema.value.keys() & {"pattern", "format"}:
            return None
        (keyword, bound), *_ = bounds.items()
        if keyword.endswith(("Length", "Items")):
            return lambda value: isinstance(value, str | list) and len(value) == bound
        return lambda value: value == bound and not isinstance(value, bool)

    return wanted


def _nulls(schema: Node) -> Callable[[Any], bool] | None:
    named = schema.value.get("type")
    nullable = schema.value.get("nullable") or (isinstance(named, list) and "null" in named)
    return (lambda value: value is None) if nullable else None


def _last_of_enum(schema: Node) -> Callable[[Any], bool] | None:
    last = schema.value.get("enum", [None])[-1]
    return (lambda value: value == last) if last is not None else None


def _foreign(schema: Node) -> Callable[[Any], bool] | None:
    get = schema.value.get
    if get("type") != "string" or schema.value.keys() & {"pattern", "format", "enum"}:
        return None
    return lambda value: isinstance(value, str) and not value.isascii()


def _absent(contract: Contract) -> Iterator[Change]:
    """Fails without an optional parameter, or member of the body."""
    for operation in contract.operations:
        for parameter in operation.parameters:
            if parameter.required or parameter.location not in ("query", "header"):
                continue
            key = "queryStringParameters" if parameter.location == "query" else "headers"

            def lacks(event: Event, key: str = key, name: str = parameter.name.lower()) -> bool:
                return all(each.lower().split("[")[0] != name for each in event[key] or {})

            yield Change(f"{operation.id} {parameter.name}", _failing(operation, lacks))
        for entry in operation.body.content if operation.body is not None else ():
            for part in parts(entry.schema) if entry.schema and "json" in entry.name else ():
                if part.path and not part.required and part.path[-1] != "*":

                    def without(event: Event, path: Any = part.path) -> bool:
                        return any(path[-1] not in each for each in objects(json_of(event), path[:-1]))

                    yield Change(f"{operation.id} {part}", _failing(operation, without))


def _invalid(contract: Contract) -> Iterator[Change]:
    """Requests that are refused with 400 fail."""
    for operation in contract.operations:
        if operation.body is not None or any(each.location == "query" for each in operation.parameters):

            def edit(answer: Answer, _: Event) -> bool:
                refused = answer["statusCode"] == 400
                answer["statusCode"] = 500 if refused else answer["statusCode"]
                return refused

            yield Change(operation.id, answering(operation, edit, success=False))


OPERATORS = (
    Operator("bound-loosened", "a bound of a request is wider by one", _by_keyword(_loosened, loosened=True)),
    Operator("bound-tightened", "a constraint of a request is narrower", _by_keyword(_tightened, loosened=False)),
    Operator("constraint-dropped", "a constraint of a request is not checked", _by_keyword(_dropped, loosened=True)),
    Operator("required-optional", "a required part of a request may be left out", _optional_parts),
    Operator("any-media-type", "a body of any media type is taken", _any_media_type),
    Operator("fails-on-absent", "a request without an optional part is a 5xx", _absent),
    Operator("fails-at-maximum", "a value at its upper bound is a 5xx", _values(_at_bound(("maximum", "maxLength", "maxItems")))),
    Operator("fails-at-minimum", "a value at its lower bound is a 5xx", _values(_at_bound(("minimum", "minLength", "minItems")))),
    Operator("fails-on-null", "null is a 5xx", _values(_nulls)),
    Operator("fails-on-enum", "the last value of an enum is a 5xx", _values(_last_of_enum)),
    Operator("fails-on-foreign", "letters other than English ones are a 5xx", _values(_foreign)),
    Operator("fails-on-invalid", "an invalid request is a 500", _invalid),
)  # fmt: skip
