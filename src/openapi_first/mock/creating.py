"""What a creation in a mock adds to the request: identity, times and the server's other members."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from itertools import count, islice
from typing import Any

from openapi_first.conformance.roles.members import members, same_member, types
from openapi_first.conformance.roles.resources import Resource
from openapi_first.core.json_pointer import escaped
from openapi_first.documents.node import Node
from openapi_first.mock.shaping import at, is_marked, now, placed
from openapi_first.mock.showing import Showing, member_at
from openapi_first.mock.store import Store
from openapi_first.openapi.model import Operation, Parameter
from openapi_first.openapi.path_templates import variable_names
from openapi_first.samples.sampling import samples

_IN_BODY = re.compile(r"\$(response|request)\.body#(/.*)")
_MOST_TRIES = 200


def identifying_member(resource: Resource) -> tuple[str, str] | None:
    """The message and the JSON Pointer in its body that identify what is created there."""
    identity = resource.identity
    last = variable_names(resource.path)[-1]
    expressions = identity.link or identity.named or {}
    for expression in (expressions.get(last), *identity.candidates):
        found = _IN_BODY.fullmatch(str(expression))
        if found:
            return found[1], found[2]
    # What a response does not return, and only Location leads to, the client may have chosen.
    name = same_member(last, tuple(sorted(request_members(resource.create))))
    return None if name is None else ("request", f"/{escaped(name)}")


class Creating:
    """Makes what a client has asked to create."""

    def __init__(self, showing: Showing, store: Store) -> None:
        self._showing = showing
        self._store = store
        self._numbers = count(1)

    def made(
        self, resource: Resource, outer: Mapping[str, str], body: Any
    ) -> tuple[dict[str, str], Any]:
        """The variables of a new thing, and its value. A client may choose the variables."""
        schema = self._schema(resource)
        value = self._value(resource, schema, body)
        variables = dict(outer)
        member = identifying_member(resource)
        others, last = variable_names(resource.path)[:-1], variable_names(resource.path)[-1]
        for name, expression in (resource.identity.link or {}).items():
            found = _IN_BODY.fullmatch(str(expression))
            if name in others and name not in variables and found:
                variables[name] = str(at(value, found[2]))
        if member is not None and member[0] == "request" and at(body, member[1]) is not None:
            return {**variables, last: str(at(body, member[1]))}, value
        member_name = member[1].rpartition("/")[2] if member is not None else ""
        part = members(schema).get(member_name) if schema is not None else None
        for identity in self._identities(part, self._parameter(resource, last)):
            variables[last] = str(identity)
            if self._store.find(resource.path, variables) is None:
                break
        if part is not None:
            value = placed(value, f"/{member_name}", identity)
        return variables, value

    def _schema(self, resource: Resource) -> Node | None:
        """The schema of the thing, where it is read, else where it is created."""
        for operation in (resource.read, resource.create):
            if operation is not None:
                schema = self._showing.schema(operation, self._showing.made(operation))
                if schema is not None:
                    return member_at(schema, self._showing.place(schema, resource.path))
        return None

    def _value(self, resource: Resource, schema: Node | None, body: Any) -> Any:
        """The client's members with those that only the server sets."""
        given = {
            name: part
            for name, part in (body.items() if isinstance(body, dict) else ())
            if isinstance(part, str | int | float | bool | list | dict | None)
        }
        if schema is None:
            return given
        values = self._showing.answers.values
        lowered = self._showing.shapes.lowered(schema)
        made: Any = next(values.schema_values(schema, f"{resource.path} {next(self._numbers)}"), {})
        known, taken = members(schema), request_members(resource.create)
        found = dict(given)
        for name, part in known.items():
            is_needed = name in lowered.merged(lowered.schema).get("required", ())
            own = name not in taken or is_marked(part, "readOnly")
            if (name in found and not own) or not (is_needed or own):
                continue
            time = now(part) if own and isinstance(made, dict) and name in made else None
            if time is not None and lowered.allows({**made, name: time}):
                found[name] = time
            elif isinstance(made, dict) and name in made:
                found[name] = made[name]
        return found

    def _identities(self, part: Node | None, parameter: Parameter | None) -> Iterator[Any]:
        """Values for the last variable that its schemas allow, at most as many as are tried."""
        answers = self._showing.answers
        shown = self._showing.shapes.lowered(part) if part is not None else None
        schemas = answers.values.schemas
        taken = schemas.request(parameter.schema) if parameter is not None else None
        number = next(self._numbers)
        rng = answers.values.rng(f"identity {number}")
        kinds = types(part) if part is not None else frozenset()

        def candidates() -> Iterator[Any]:
            if "integer" in kinds or (parameter and types(parameter.schema) == {"integer"}):
                yield from range(number, number + 10)
            unique = uuid.UUID(int=rng.getrandbits(128), version=4)
            yield from (str(unique), unique.hex, unique.hex[:8], f"{number}")
            if taken is not None:
                yield from samples(taken, rng)
            if shown is not None:
                yield from samples(shown, rng)

        for value in islice(candidates(), _MOST_TRIES):
            typed = [value, str(value)]
            if isinstance(value, str) and value.isascii() and value.isdecimal():
                typed.append(int(value))
            for each in typed:
                allowed = taken is None or any(taken.allows(text) for text in typed)
                if allowed and (shown is None or shown.allows(each)):
                    yield each
                    break
        yield str(number)

    def _parameter(self, resource: Resource, name: str) -> Parameter | None:
        for operation in (resource.read, resource.delete, resource.update, resource.patch):
            for parameter in operation.parameters if operation is not None else ():
                if (parameter.location, parameter.name) == ("path", name):
                    return parameter
        return None


def request_members(operation: Operation) -> frozenset[str]:
    """The members that a client may send in an operation's body."""
    found: set[str] = set()
    for entry in operation.body.content if operation.body is not None else ():
        if entry.schema is not None:
            found |= {
                name
                for name, part in members(entry.schema).items()
                if not is_marked(part, "readOnly")
            }
    return frozenset(found)
