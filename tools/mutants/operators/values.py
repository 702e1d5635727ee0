"""Operators on values of requests that nobody handles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from mutants.operators.changes import Change, Event, Operator, answering, is_of, json_of
from mutants.operators.schema_parts import objects, parts
from mutants.services import Answer, Handler, State, Wrap
from openapi_first.documents.node import Node
from openapi_first.openapi.model import Contract, Operation, Parameter


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

                        def fails(
                            event: Event, path: Any = part.path, matches: Any = matches
                        ) -> bool:
                            holders = objects(json_of(event), path[:-1])
                            return any(
                                path[-1] in each and matches(each[path[-1]]) for each in holders
                            )

                        yield Change(f"{operation.id} {part}", _failing(operation, fails))
            for parameter in operation.parameters:
                matches = wanted(parameter.schema.followed())
                if parameter.location == "query" and matches is not None and _is_plain(parameter):

                    def asked(
                        event: Event, name: str = parameter.name, matches: Any = matches
                    ) -> bool:
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
        excluded = schema.value.get("exclusiveMinimum") or schema.value.get("exclusiveMaximum")
        if not bounds or excluded or schema.value.keys() & {"pattern", "format"}:
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
                        return any(
                            path[-1] not in each for each in objects(json_of(event), path[:-1])
                        )

                    yield Change(f"{operation.id} {part}", _failing(operation, without))


def _invalid(contract: Contract) -> Iterator[Change]:
    """Requests that the function refuses with 400 fail. The gateway may refuse each JSON body
    before that, but no query parameter that is there, and no form."""
    for operation in contract.operations:
        content = operation.body.content if operation.body is not None else ()
        if any(each.location == "query" for each in operation.parameters) or any(
            "json" not in each.name for each in content
        ):

            def edit(answer: Answer, _: Event) -> bool:
                refused = answer["statusCode"] == 400
                answer["statusCode"] = 500 if refused else answer["statusCode"]
                return refused

            yield Change(operation.id, answering(operation, edit, success=False))


_MAXIMUM = _values(_at_bound(("maximum", "maxLength", "maxItems")))
_MINIMUM = _values(_at_bound(("minimum", "minLength", "minItems")))
OPERATORS = tuple(
    Operator(name, fault, changes)
    for name, fault, changes in (
        ("fails-on-absent", "a request without an optional part is a 5xx", _absent),
        ("fails-at-maximum", "a value at its upper bound is a 5xx", _MAXIMUM),
        ("fails-at-minimum", "a value at its lower bound is a 5xx", _MINIMUM),
        ("fails-on-null", "null is a 5xx", _values(_nulls)),
        ("fails-on-enum", "the last value of an enum is a 5xx", _values(_last_of_enum)),
        ("fails-on-foreign", "letters other than English ones are a 5xx", _values(_foreign)),
        ("fails-on-invalid", "an invalid request is a 500", _invalid),
    )
)
