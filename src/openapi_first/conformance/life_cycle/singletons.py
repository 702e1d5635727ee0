"""What is there once, such as `/me/settings`: written, read, and put back as it was."""

from __future__ import annotations

from contextlib import AbstractContextManager

from openapi_first.conformance.life_cycle.changes import Changes
from openapi_first.conformance.life_cycle.conditions import Conditions
from openapi_first.conformance.life_cycle.links import CreationLinks
from openapi_first.conformance.life_cycle.reads import Reads
from openapi_first.conformance.model.run import Exchange, Phase
from openapi_first.conformance.phases.steps import Steps, json_body, succeeded
from openapi_first.conformance.roles.created_resources import CreatedResource
from openapi_first.conformance.roles.resources import Resource
from openapi_first.openapi.links import Link

_NOT_OWN = (
    "not checked whether a read returns what it writes, since it would change what this run has "
    "not created (--allow-destructive)"
)


class SingletonLife:
    """The checks of one singleton. A run writes it if it is below what the run has created, or with
    `allow_destructive`; then it writes the first state again at the end."""

    def __init__(self, steps: Steps, resource: Resource, links: tuple[Link, ...]) -> None:
        self._steps = steps
        self._resource = resource
        reads = Reads(steps, resource)
        own_links = CreationLinks(steps, resource, links)
        self._reads = reads
        self._conditions = Conditions(steps, resource, reads)
        self._changes = Changes(steps, resource, reads, self._conditions, own_links)

    def walk(self) -> None:
        """Each part is judged by itself. Raises ConnectionLost, CannotJudge, StopAtFinding."""
        steps, resource, read = self._steps, self._resource, self._resource.read
        assert read is not None
        is_own = steps.setup.owner(read.path) is not None
        if not is_own and not steps.setup.options.allow_destructive:
            steps.note(resource.create, _NOT_OWN)
            return
        first = None
        with self._part("reads"):
            if not steps.can_call(resource.create, read.path):
                return
            parent = steps.target(read.path)
            first = steps.ask(read, "read before", parent)
            self._reads.learn(first, steps.ask(read, "read it again", parent))
        if first is None:
            return
        values = parent.values(read.path) if parent is not None else {}
        subject = CreatedResource(resource, values, first)
        latest = first if succeeded(first) else None
        try:
            with self._part("changes"):
                bodies = steps.bodies(resource.create)
                changed = self._changes.make(subject, latest, bodies)
                # The first read may have been wrong about what was there: only now it is known.
                self._changes.make(subject, changed, bodies)
            with self._part("conditional reads"):
                now = steps.ask(read, "read", subject)
                if succeeded(now):
                    self._conditions.read(subject, now)
            with self._part("refused writes"):
                self._conditions.refused_writes(subject)
        finally:
            if latest is not None and not is_own:
                self._restore(subject, latest)

    def _restore(self, subject: CreatedResource, first: Exchange) -> None:
        """Writes what was read before anything was written, as far as the body may have it."""
        steps, write = self._steps, self._resource.create
        shown = json_body(first)
        with self._part("the first state"):
            names = steps.request_members(write)
            body = {name: value for name, value in (shown or {}).items() if name in names}
            if not steps.allows(write, body) or not succeeded(
                steps.ask(write, "write the first state again", subject, body=body)
            ):
                steps.note(write, "the state before the run could not be written again")

    def _part(self, name: str) -> AbstractContextManager[None]:
        return self._steps.part(self._resource.create, f"{Phase.LIFE_CYCLE.value}: {name}")
