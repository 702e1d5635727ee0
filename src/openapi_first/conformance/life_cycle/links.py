"""The links of responses: those of a creation are followed."""

from __future__ import annotations

from typing import Any

from openapi_first.conformance.judging.checks import LINK
from openapi_first.conformance.model.run import Exchange
from openapi_first.conformance.model.runtime_expressions import NoValue, evaluate
from openapi_first.conformance.phases.steps import Steps, succeeded
from openapi_first.conformance.roles.created_resources import CreatedResource
from openapi_first.conformance.roles.resources import Resource
from openapi_first.openapi.links import Link
from openapi_first.openapi.model import Operation


def link_values(link: Link, exchange: Exchange) -> dict[tuple[str, str], Any] | None:
    """The values of a link's parameters; None if the response does not have them."""
    found = {}
    for key, value in link.parameters.items():
        location, _, name = key.partition(" ")
        try:
            found[(location, name)] = evaluate(
                value, link.source.path, exchange.case.request, exchange.response
            )
        except NoValue:
            return None
    return None if None in found.values() else found


def follow_to_first_item(
    steps: Steps, operation: Operation, link: Link, parent: CreatedResource | None = None
) -> None:
    """Follows a link from a list to its first item; a second time if the item is gone. Raises
    StopAtFinding."""
    for _ in range(2):
        exchange = steps.ask(operation, "list", parent)
        values = link_values(link, exchange)
        if values is None:
            return
        followed = steps.ask(link.target, f"follow {link.name}", values=values)
        if succeeded(followed):
            break
    complaint = None
    if not succeeded(followed):
        complaint = f"the link {link.name} leads to a {followed.response.status}"
    steps.record(LINK, operation, followed, complaint)
    steps.saw_link(link)


class CreationLinks:
    """The links from the creation of one resource."""

    def __init__(self, steps: Steps, resource: Resource, links: tuple[Link, ...]) -> None:
        self._steps = steps
        self._read = resource.read
        self._links = tuple(each for each in links if each.source is resource.create)

    def follow(self, creation: Exchange) -> None:
        """Follows every link that leads to a GET. Only the one to what was created must lead to a
        success: a link does not promise that its target is there (OpenAPI 3.0.3 §4.7.20). Raises
        StopAtFinding."""
        for link in self._links:
            if link.target.method != "GET":
                continue
            must_succeed = link.target is self._read
            values = link_values(link, creation)
            if values is None:
                if must_succeed:
                    complaint = f"the response has no value for the link {link.name}"
                    self._steps.record(LINK, link.source, creation, complaint)
                continue
            exchange = self._steps.ask(link.target, f"follow {link.name}", values=values)
            complaint_or_none = None
            if not succeeded(exchange):
                text = f"the link {link.name} leads to a {exchange.response.status}"
                if not must_succeed:
                    self._steps.note(link.source, text)
                    continue
                complaint_or_none = text
            self._steps.record(LINK, link.source, exchange, complaint_or_none)
            self._steps.saw_link(link)

    def count_as_followed(self, operation: Operation, exchange: Exchange) -> None:
        """A successful write follows the links to its operation."""
        for link in self._links:
            if link.target is operation:
                self._steps.record(LINK, link.source, exchange)
                self._steps.saw_link(link)
