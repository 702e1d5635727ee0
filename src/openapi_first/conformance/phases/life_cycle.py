"""The life of one thing: created, read, listed, changed under conditions, removed. What is held
against the contract follows from links, path variables, standard headers and declared statuses."""

from __future__ import annotations

import uuid
from typing import Any

from openapi_first.conformance.judging.checks import declared_response
from openapi_first.conformance.model.coverage import Point
from openapi_first.conformance.model.expressions import NoValue, evaluated
from openapi_first.conformance.model.resources import Resource
from openapi_first.conformance.model.run import Exchange
from openapi_first.conformance.phases.conditions import Conditions
from openapi_first.conformance.phases.conversation import Thing, located
from openapi_first.conformance.phases.idempotency import same_once
from openapi_first.conformance.phases.listing import list_step, paging_step
from openapi_first.conformance.phases.steps import Steps, difference, json_body, succeeded, takes
from openapi_first.openapi.links import Link
from openapi_first.openapi.model import Operation

_GONE = (404, 410)


class LifeCycle:
    """Walks through the life of one resource's things."""

    def __init__(self, steps: Steps, resource: Resource, links: tuple[Link, ...], url: str) -> None:
        self._steps = steps
        self._resource = resource
        self._links = links
        self._url = url
        self._conditions = Conditions(steps, resource)

    def walk(self) -> None:
        """The whole life, from creation until it stays removed."""
        resource, steps = self._resource, self._steps
        bodies = steps.bodies(resource.create)
        thing, created = steps.create(resource, bodies[0])
        if thing is None:
            detail: str | None = f"answered {created.response.status}, and nothing was created"
            steps.hold(resource.create, "life-cycle", detail, created)
            return
        self._location(thing, created)
        read = self._read(thing, created)
        if resource.read is not None and read is not None:
            self._follow(created)
            self._conditions.read(thing, read)
        self._update(thing, read)
        self._conditions.refused_writes(thing)
        if takes(resource.create, "idempotency-key"):
            same_once(steps, resource, bodies, self._url)
        if resource.listing is not None:
            for body in (bodies * 5)[1:5]:
                steps.create(resource, body)
            list_step(steps, resource.listing, resource)
            paging_step(steps, resource.listing, resource)
        self._absent()
        self._remove(thing)

    def _location(self, thing: Thing, created: Exchange) -> None:
        if created.response.header("Location") is None:
            return
        found = located(self._resource.path, created.response, self._url)
        detail: str | None = None
        if found != thing.variables:
            detail = (
                f"Location is {created.response.header('Location')}, not the path of what was made"
            )
        self._steps.hold(self._resource.create, "life-cycle", detail, created)

    def _read(self, thing: Thing, written: Exchange) -> Exchange | None:
        """Reads what was written, and compares; None when there is no reading it."""
        read = self._resource.read
        if read is None:
            return None
        exchange = self._steps.ask(read, "read what was written", thing)
        if not succeeded(exchange):
            detail: str | None = f"answered {exchange.response.status} for what is there"
            self._steps.hold(read, "life-cycle", detail, exchange)
            return None
        operation = self._operation(written)
        body, answer = json_body(exchange), json_body(written)
        wrong = difference(self._steps.written(operation, written.case.request), body)
        if wrong is None and isinstance(answer, dict) and isinstance(body, dict):
            shared = {name: value for name, value in answer.items() if name in body}
            wrong = difference(shared, body)
            missing = sorted(self._declared_in_both(operation, answer) - set(body))
            wrong = wrong or (f"{missing[0]} is missing" if missing else None)
        detail = f"of what was written, {wrong} when it is read" if wrong else None
        self._steps.hold(read, "life-cycle", detail, exchange)
        tags = (written.response.header("ETag"), exchange.response.header("ETag"))
        if None not in tags:
            detail = (
                "the ETag is not the one that the write answered" if tags[0] != tags[1] else None
            )
            self._steps.hold(read, "life-cycle", detail, exchange)
        return exchange

    def _declared_in_both(self, operation: Operation, answer: dict[str, Any]) -> set[str]:
        read = self._resource.read
        assert read is not None
        known = self._steps.answered(read)
        return set(answer) & known

    def _operation(self, exchange: Exchange) -> Operation:
        wanted = exchange.case.operation
        found = (self._resource.create, *self._resource.operations)
        return next(each for each in found if each.id == wanted)

    def _follow(self, created: Exchange) -> None:
        """Every link of the creation's response that can be followed without harm."""
        for link in self._links:
            if link.source is not self._resource.create or link.target.method != "GET":
                continue
            try:
                values = {
                    (key.partition(" ")[0], key.partition(" ")[2]): evaluated(
                        value, link.source.path, created.case.request, created.response
                    )
                    for key, value in link.parameters.items()
                }
            except NoValue:
                detail: str | None = f"the link {link.name} has no value in the response"
                self._steps.hold(link.source, "link", detail, created)
                continue
            exchange = self._steps.ask(link.target, f"follow {link.name}", values=values)
            status = exchange.response.status
            detail = None if succeeded(exchange) else f"the link {link.name} leads to a {status}"
            self._steps.hold(link.source, "link", detail, exchange)
            self._followed(link)

    def _led_to(self, operation: Operation, exchange: Exchange) -> None:
        """A write to what a link names is that link, followed."""
        for link in self._links:
            if link.source is self._resource.create and link.target is operation:
                self._steps.hold(link.source, "link", None, exchange)
                self._followed(link)

    def _followed(self, link: Link) -> None:
        name = f"{link.source.method} {link.source.path}"
        self._steps.talk.seen[Point(name, "link", f"{link.status} {link.name}")] += 1

    def _update(self, thing: Thing, read: Exchange | None) -> None:
        for operation in (self._resource.update, self._resource.patch):
            if operation is None:
                continue
            bodies = self._steps.bodies(operation)
            created_with = json_body(thing.creation)
            body = next((each for each in bodies if difference(each, created_with)), bodies[-1])
            exchange = self._steps.ask(operation, "change it", thing, body=body)
            if not succeeded(exchange):
                detail: str | None = f"answered {exchange.response.status} for what is there"
                self._steps.hold(operation, "life-cycle", detail, exchange)
                continue
            self._steps.echoed(operation, exchange)
            self._led_to(operation, exchange)
            self._same_id(thing, operation, exchange)
            again = self._read(thing, exchange)
            old = read.response.header("ETag") if read is not None else None
            if again is not None and old is not None:
                new = again.response.header("ETag")
                detail = "the ETag is the one from before the change" if new == old else None
                self._steps.hold(operation, "life-cycle", detail, exchange)
                if takes(operation, "if-match"):
                    self._conditions.write(thing, operation, old)
                    read = self._steps.ask(self._resource.read, "read", thing)  # type: ignore[arg-type]
        self._conditions.delete(thing)

    def _same_id(self, thing: Thing, operation: Operation, exchange: Exchange) -> None:
        """What the creation's expressions find in an update's answer is the same thing."""
        for name, expression in (self._resource.variables or {}).items():
            try:
                value = evaluated(
                    expression, operation.path, exchange.case.request, exchange.response
                )
            except NoValue:
                continue
            detail: str | None = (
                None if str(value) == thing.variables[name] else f"{name} has changed"
            )
            self._steps.hold(operation, "life-cycle", detail, exchange)

    def _absent(self) -> None:
        """Nothing is at a path that nobody has created, and only POST creates."""
        steps = self._steps
        for operation in (self._resource.read, self._resource.update, self._resource.patch):
            if operation is None or declared_response(operation, 404) is None:
                continue
            for parameter in operation.parameters:
                schema = parameter.schema.followed().value
                if parameter.location == "path" and schema.get("format") != "uuid":
                    return  # what is made up may be somebody's
            if any(response.status == "201" for response in operation.responses):
                continue  # PUT may create here
            values = {
                ("path", parameter.name): str(uuid.uuid4())
                for parameter in operation.parameters
                if parameter.location == "path"
            }
            exchange = steps.ask(operation, "what is not there", values=values)
            status = exchange.response.status
            detail: str | None = (
                None if status in _GONE else f"answered {status} for what is not there"
            )
            steps.hold(operation, "life-cycle", detail, exchange)

    def _remove(self, thing: Thing) -> None:
        operation, steps = self._resource.delete, self._steps
        if operation is None:
            return
        exchange = steps.ask(operation, "remove it", thing)
        detail: str | None = None if succeeded(exchange) else f"answered {exchange.response.status}"
        steps.hold(operation, "life-cycle", detail, exchange)
        if not succeeded(exchange):
            return
        self._led_to(operation, exchange)
        self._gone(operation, thing)
        again = steps.ask(operation, "remove it again", thing)
        good = succeeded(again) or again.response.status in _GONE
        detail = None if good else f"answered {again.response.status} the second time"
        steps.hold(operation, "removed", detail, again)
        for change in (self._resource.update, self._resource.patch):
            if change is not None and not any(r.status == "201" for r in change.responses):
                late = steps.ask(change, "change what was removed", thing)
                good = late.response.status in _GONE
                detail = None if good else f"answered {late.response.status} for what was removed"
                steps.hold(operation, "removed", detail, late)
        self._gone(operation, thing)
        if self._resource.listing is not None:
            list_step(steps, self._resource.listing, self._resource, absent=thing)

    def _gone(self, operation: Operation, thing: Thing) -> None:
        if self._resource.read is None:
            return
        exchange = self._steps.ask(self._resource.read, "read what was removed", thing)
        status = exchange.response.status
        detail: str | None = None if status in _GONE else f"answered {status} for what was removed"
        self._steps.hold(operation, "removed", detail, exchange)
