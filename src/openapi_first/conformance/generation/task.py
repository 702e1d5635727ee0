"""What to generate for a run, and what was generated: data that processes can exchange."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from openapi_first.conformance.model.messages import Request, Response
from openapi_first.conformance.requests.byte_bodies import byte_media_types
from openapi_first.conformance.roles.resources import owner_of, roles_of
from openapi_first.openapi.model import Contract
from openapi_first.openapi.path_templates import variable_names

_CASES_PER_SEQUENCE = 10
_STEPS = 6

Route: TypeAlias = tuple[str, str]
"""An operation by its method, in capitals, and its path template."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Requests for one operation that match its schemas, or do not. Path variables in
    `open_variables` stay `{name}`. There are at most `count` requests."""

    route: Route
    count: int
    valid: bool
    open_variables: frozenset[str]


@dataclass(frozen=True, slots=True)
class Task:
    """What to generate: the batches, then at most `sequences` sequences of `steps` requests. The
    contract is the `document`, or else the file at `path`. The same `seed` gives the same data.
    Bodies in `byte_media_types` are bytes."""

    path: Path
    document: Any
    seed: int
    batches: tuple[Batch, ...]
    sequences: int
    steps: int
    byte_media_types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Generated:
    """The requests of a batch, with all headers that were generated and without credentials; and
    why there are no more, if something went wrong."""

    requests: tuple[Request, ...]
    reasons: tuple[str, ...] = ()


Send: TypeAlias = Callable[[Route, Request], Response | None]
"""Sends a step of a sequence; None if it may not be sent. Its exceptions end the sequences."""


class GenerationFailed(Exception):
    """Schemathesis cannot read the contract, or the process that generates has ended. The message
    says why."""


class Generator(Protocol):
    """Generates what a task wants."""

    def batches(self, deadline: float) -> Iterator[tuple[Batch, Generated]]:
        """The batches of the task, in order, until the `deadline` on the monotonic clock. Raises
        GenerationFailed."""
        ...

    def run_sequences(self, send: Send, deadline: float) -> None:
        """Runs the sequences of the task. Raises GenerationFailed."""
        ...


def task_of(contract: Contract, seed: int, count: int) -> Task:
    """The task for all operations of a contract, with at most `count` requests for each."""
    root, resources = contract.root, roles_of(contract).resources
    batches = []
    for operation in contract.operations:
        owner = owner_of(resources, operation.path)
        count_of_owner = len(variable_names(owner.path)) if owner is not None else 0
        names = frozenset(variable_names(operation.path)[:count_of_owner])
        route, half = (operation.method, operation.path), (count + 1) // 2
        batches.append(Batch(route, half, valid=True, open_variables=names))
        batches.append(Batch(route, count - half, valid=False, open_variables=frozenset()))
    return Task(
        path=root.source.path,
        # A document that was converted is not in the file; it has all references inside.
        document=root.value if root.source.origins else None,
        seed=seed,
        batches=tuple(batches),
        sequences=count // _CASES_PER_SEQUENCE,
        steps=_STEPS,
        byte_media_types=byte_media_types(contract),
    )
