"""The life of one resource: created, read, listed, changed under conditions, removed.

What is judged follows from links, path variables, standard headers and declared statuses. A refusal
that the contract does not rule out, such as a 409, is a note.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from openapi_first.conformance.judging.checks import LIFE_CYCLE
from openapi_first.conformance.life_cycle.changes import Changes
from openapi_first.conformance.life_cycle.conditions import Conditions
from openapi_first.conformance.life_cycle.idempotency import check_idempotency
from openapi_first.conformance.life_cycle.links import CreationLinks
from openapi_first.conformance.life_cycle.lists import ListChecks
from openapi_first.conformance.life_cycle.reads import Reads
from openapi_first.conformance.life_cycle.removal import ACCEPTED, Removal, note_refusal
from openapi_first.conformance.model.run import Phase
from openapi_first.conformance.phases.steps import (
    Steps,
    succeeded,
)
from openapi_first.conformance.roles.created_resources import CreatedResource, location_variables
from openapi_first.conformance.roles.resources import Resource
from openapi_first.openapi.links import Link


class LifeCycle:
    def __init__(self, steps: Steps, resource: Resource, links: tuple[Link, ...], url: str) -> None:
        self._steps = steps
        self._resource = resource
        self._links = CreationLinks(steps, resource, links)
        self._url = url
        self._reads = Reads(steps, resource)
        self._conditions = Conditions(steps, resource, self._reads)
        self._removal = Removal(steps, resource, self._links)
        self._changes = Changes(steps, resource, self._reads, self._conditions, self._links)

    def walk(self) -> None:
        """Each part is judged by itself. Raises ConnectionLost, CannotJudge, StopAtFinding."""
        resource, steps = self._resource, self._steps
        bodies: list[Any] = []
        created = read = None
        with self._part("creation"):
            above = resource.path.rpartition("/")[0] if resource.is_put else resource.create.path
            if not steps.can_call(resource.create, above):
                return
            bodies = steps.bodies(resource.create)
            created = self._created(bodies)
        if created is None:
            return
        creation = created.creation
        with self._part("reads"):
            self._check_location(created)
            if creation.response.status == ACCEPTED and not self._reads.is_there(created):
                steps.note(resource.create, "answers 202, and what it creates is not there yet")
                return
            read = self._reads.compared(created, resource.create, creation)
        if read is not None:
            with self._part("links"):
                self._links.follow(creation)
            with self._part("conditional reads"):
                self._conditions.read(created, read)
        with self._part("changes"):
            self._changes.make(created, read, bodies)
        with self._part("conditional removal"):
            self._conditions.delete(created)
        with self._part("refused writes"):
            self._conditions.refused_writes(created)
        with self._part("idempotency keys"):
            if not resource.is_put:
                check_idempotency(steps, resource, bodies)
        self._list_and_remove(created, bodies)

    def _created(self, bodies: list[Any]) -> CreatedResource | None:
        create, steps = self._resource.create, self._steps
        created, creation = steps.create(self._resource, _richest(bodies))
        if not succeeded(creation):
            created, creation = steps.create(self._resource, bodies[0])
        if created is None and not succeeded(creation):
            note_refusal(steps, create, creation)
        return created

    def _list_and_remove(self, created: CreatedResource, bodies: list[Any]) -> None:
        listing = self._resource.listing
        checks = None
        with self._part("lists"):
            if listing is not None:
                checks = ListChecks(self._steps, self._resource, listing, created)
                checks.present(bodies)
        with self._part("what does not exist"):
            self._removal.ask_for_nothing()
        with self._part("removal"):
            if self._removal.remove(created) and checks is not None:
                checks.absent(created)

    def _part(self, name: str) -> AbstractContextManager[None]:
        return self._steps.part(self._resource.create, f"{Phase.LIFE_CYCLE.value}: {name}")

    def _check_location(self, created: CreatedResource) -> None:
        response = created.creation.response
        location = response.header("Location")
        if location is None:
            return
        found = location_variables(self._resource.path, response, self._url)
        complaint = None
        if found != created.variables and not location.partition("?")[0].endswith(created.path):
            complaint = f"Location is {location}, not the path of what was created"
        self._steps.record(LIFE_CYCLE, self._resource.create, created.creation, complaint)


def _richest(bodies: list[Any]) -> Any:
    """The body with the most members."""
    return max(bodies, key=lambda each: len(each) if isinstance(each, dict) else 0)
