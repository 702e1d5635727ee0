"""A mock that remembers: what is created can be read, listed, changed and removed.

The roles of operations are those that `contract test` infers (docs/contract-test-roles.md).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from openapi_first.conformance.model.declarations import declared_response, header_parameter
from openapi_first.conformance.roles.members import members
from openapi_first.conformance.roles.resources import Resource, roles_of
from openapi_first.documents.node import Node
from openapi_first.mock.answers import Answers
from openapi_first.mock.creating import Creating, identifying_member, request_members
from openapi_first.mock.listing import Listings
from openapi_first.mock.patches import JSON_PATCH, NotApplicable, merged, patched
from openapi_first.mock.shaping import is_marked, is_time_of_change, now
from openapi_first.mock.showing import Showing, member_at
from openapi_first.mock.store import Store, Thing
from openapi_first.openapi.model import Contract, Operation
from openapi_first.openapi.path_templates import fill_path, variable_names
from openapi_first.runtime.request import Request
from openapi_first.runtime.responses import Reply

_REFUSALS_OF_KEYS = (409, 422)
_REFUSALS_OF_PATCHES = (409, 422, 400)

Arguments = Mapping[str, Any]
_Role = Callable[[Operation, Arguments, Request], Reply[Any] | None]


class Crud:
    """Answers the operations of a contract that have a role; the others are for the plain mock."""

    def __init__(self, contract: Contract, answers: Answers) -> None:
        self._answers = answers
        self._store = Store()
        resources = roles_of(contract).resources
        members = {each.path: identifying_member(each) for each in resources}
        self._showing = Showing(
            answers,
            {path: found[1].rpartition("/")[2] for path, found in members.items() if found},
            {each.path: each.read for each in resources if each.read is not None},
        )
        self._creating = Creating(self._showing, self._store)
        self._listings = Listings(self._showing, self._store)
        self._keys: dict[tuple[str, str], tuple[str, Thing]] = {}
        self._paths = [each.path for each in resources]
        self._roles: dict[str, _Role] = {}
        for resource in resources:
            self._take(resource, contract)

    def answer(
        self, operation: Operation, arguments: Arguments, request: Request
    ) -> Reply[Any] | None:
        """The response; None if the operation has no role here. Raises Problem."""
        variables = _variables(operation, arguments)
        for path in self._paths:
            if operation.path.startswith(path + "/"):
                outer = {name: variables.get(name, "") for name in variable_names(path)}
                if self._store.find(path, outer) is None:
                    missing = self._showing.refused(operation, 404, _not_there(path, outer))
                    if missing is not None:
                        return missing
        role = self._roles.get(operation.function)
        return role(operation, arguments, request) if role is not None else None

    def _take(self, resource: Resource, contract: Contract) -> None:
        for operation in contract.operations:
            if operation.path == resource.path:
                role: _Role | None = {
                    "GET": self._read,
                    "HEAD": self._read,
                    "PUT": self._replace,
                    "PATCH": self._patch,
                    "DELETE": self._remove,
                }.get(operation.method)
                if role is not None:
                    self._roles[operation.function] = role

        def create(
            operation: Operation, arguments: Arguments, request: Request
        ) -> Reply[Any] | None:
            return self._create(resource, operation, arguments, request)

        self._roles[resource.create.function] = create
        if (listing := resource.listing) is not None:

            def listed(_: Operation, arguments: Arguments, request: Request) -> Reply[Any] | None:
                outer = _variables(listing.operation, arguments)
                return self._listings.page(resource.path, listing, outer, arguments, request)

            self._roles[listing.operation.function] = listed

    def _create(
        self, resource: Resource, operation: Operation, arguments: Arguments, request: Request
    ) -> Reply[Any] | None:
        body = arguments.get("body")
        key = None
        parameter = header_parameter(operation, "Idempotency-Key")
        if parameter is not None and arguments.get(parameter.argument) is not None:
            key = (operation.function, str(arguments[parameter.argument]))
        sent = json.dumps(body, sort_keys=True, default=repr)
        if key is not None and key in self._keys:
            earlier, thing = self._keys[key]
            known = self._store.find(thing.path, thing.variables)
            if known is not None:
                for status in _REFUSALS_OF_KEYS if earlier != sent else ():
                    if status_is_declared(operation, status):
                        detail = "The Idempotency-Key was used with another body."
                        return self._showing.refused(operation, status, detail)
                return self._created(operation, known, request)
        variables, value = self._creating.made(resource, _variables(operation, arguments), body)
        if self._store.find(resource.path, variables) is not None:
            detail = f"{fill_path(resource.path, variables)} exists already."
            refused = self._showing.refused(operation, 409, detail)
            if refused is not None:
                return refused
        thing = self._store.create(resource.path, variables, value)
        if key is not None:
            self._keys[key] = sent, thing
        return self._created(operation, thing, request)

    def _created(self, operation: Operation, thing: Thing, request: Request) -> Reply[Any]:
        depth = operation.path.strip("/").count("/") + 1
        base = "/".join(request.path.rstrip("/").split("/")[:-depth])
        location = base + fill_path(thing.path, dict(thing.variables))
        return self._showing.reply(operation, thing, {"Location": location})

    def _read(
        self, operation: Operation, arguments: Arguments, request: Request
    ) -> Reply[Any] | None:
        thing = self._find(operation, arguments)
        if thing is None:
            return self._missing(operation, arguments)
        tag = self._showing.entity_tag(thing)
        wanted = request.proxy_event.header("if-none-match")
        if (
            wanted is not None
            and header_parameter(operation, "If-None-Match") is not None
            and status_is_declared(operation, 304)
            and (wanted.strip() == "*" or tag in wanted)
        ):
            return Reply(None, 304, self._answers.headers(operation, 304, {"ETag": tag}))
        return self._showing.reply(operation, thing)

    def _replace(
        self, operation: Operation, arguments: Arguments, request: Request
    ) -> Reply[Any] | None:
        def replaced(value: Any) -> Any:
            body = arguments.get("body")
            if not isinstance(body, dict) or not isinstance(value, dict):
                return body
            taken = request_members(operation)
            kept = {name: part for name, part in value.items() if name not in taken}
            return {**kept, **{name: part for name, part in body.items() if name not in kept}}

        return self._change(operation, arguments, request, replaced)

    def _patch(
        self, operation: Operation, arguments: Arguments, request: Request
    ) -> Reply[Any] | None:
        kind = (request.proxy_event.header("content-type") or "").partition(";")[0].strip().lower()
        apply = patched if kind == JSON_PATCH else merged
        try:
            return self._change(
                operation, arguments, request, lambda value: apply(value, arguments.get("body"))
            )
        except NotApplicable as error:
            for status in _REFUSALS_OF_PATCHES:
                refused = self._showing.refused(operation, status, str(error))
                if refused is not None:
                    return refused
            return None

    def _change(
        self,
        operation: Operation,
        arguments: Arguments,
        request: Request,
        change: Callable[[Any], Any],
    ) -> Reply[Any] | None:
        thing = self._find(operation, arguments)
        if thing is None:
            return self._missing(operation, arguments)
        stale = self._stale(operation, thing, request)
        if stale is not None:
            return stale
        value = change(thing.value)
        made = self._showing.made(operation)
        schema = self._showing.schema(operation, made)
        if schema is not None and isinstance(value, dict):
            value = self._with_own_members(thing, schema, value)
            lowered = self._showing.shapes.lowered(schema)
            for pointer, part in self._times(schema, value):
                if lowered.allows({**value, pointer: part}):
                    value = {**value, pointer: part}
        return self._showing.reply(operation, self._store.change(thing, value))

    def _with_own_members(
        self, thing: Thing, schema: Node, value: dict[str, Any]
    ) -> dict[str, Any]:
        """A changed value with the members as they were that no client may change."""
        shown = member_at(schema, self._showing.place(schema, thing.path))
        if shown is None or not isinstance(thing.value, dict):
            return value
        own = {name for name, part in members(shown).items() if is_marked(part, "readOnly")}
        kept = {name: part for name, part in thing.value.items() if name in own}
        return {**{name: part for name, part in value.items() if name not in own}, **kept}

    def _times(self, schema: Node, value: dict[str, Any]) -> list[tuple[str, Any]]:
        return [
            (name, time)
            for name, part in members(schema).items()
            if name in value and is_time_of_change(name) and (time := now(part)) is not None
        ]

    def _remove(
        self, operation: Operation, arguments: Arguments, request: Request
    ) -> Reply[Any] | None:
        thing = self._find(operation, arguments)
        if thing is None:
            if request.proxy_event.header("if-match") is not None:
                refused = self._refused_condition(operation)
                if refused is not None:
                    return refused
            return self._missing(operation, arguments)
        stale = self._stale(operation, thing, request)
        if stale is not None:
            return stale
        self._store.remove(thing)
        return self._showing.reply(operation, thing)

    def _stale(self, operation: Operation, thing: Thing, request: Request) -> Reply[Any] | None:
        """The refusal of a condition that is not met (RFC 9110 §13.1.1)."""
        if header_parameter(operation, "If-Match") is None:
            return None
        wanted = request.proxy_event.header("if-match")
        if wanted is None or wanted.strip() == "*":
            return None
        tags = [each.strip() for each in wanted.split(",")]
        if self._showing.entity_tag(thing) in tags:
            return None
        return self._refused_condition(operation)

    def _refused_condition(self, operation: Operation) -> Reply[Any] | None:
        if header_parameter(operation, "If-Match") is None:
            return None
        detail = "What If-Match names is not the present version."
        return self._showing.refused(operation, 412, detail)

    def _find(self, operation: Operation, arguments: Arguments) -> Thing | None:
        return self._store.find(operation.path, _variables(operation, arguments))

    def _missing(self, operation: Operation, arguments: Arguments) -> Reply[Any] | None:
        detail = _not_there(operation.path, _variables(operation, arguments))
        return self._showing.refused(operation, 404, detail)


def status_is_declared(operation: Operation, status: int) -> bool:
    return declared_response(operation, status) is not None


def served(contract: Contract, functions: Mapping[str, Any]) -> Contract:
    """The contract with the operations that have one of the functions."""
    kept = tuple(each for each in contract.operations if each.function in functions)
    return replace(contract, operations=kept)


def _variables(operation: Operation, arguments: Arguments) -> dict[str, str]:
    return {
        each.name: str(arguments[each.argument])
        for each in operation.parameters
        if each.location == "path" and arguments.get(each.argument) is not None
    }


def _not_there(path: str, variables: Mapping[str, str]) -> str:
    return f"The mock has no {fill_path(path, dict(variables))}."
