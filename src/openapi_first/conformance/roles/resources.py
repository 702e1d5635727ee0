"""The resources of a contract and the roles of their operations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from openapi_first.conformance.roles.collections import Collection, collections_of
from openapi_first.conformance.roles.creations import Identity, creation_of
from openapi_first.conformance.roles.gaps import Gap
from openapi_first.conformance.roles.listings import Listing, listing_of
from openapi_first.conformance.roles.members import query_parameters, successes
from openapi_first.conformance.roles.pagers import pager_of
from openapi_first.openapi.links import Link, links_of
from openapi_first.openapi.model import Contract, Operation


@dataclass(frozen=True)
class Resource:
    """What can be created at one path; `identity` says how a creation shows its variables."""

    path: str
    create: Operation
    identity: Identity
    read: Operation | None
    update: Operation | None
    patch: Operation | None
    delete: Operation | None
    listing: Listing | None


@dataclass(frozen=True)
class Roles:
    """The resources of a contract, what is not checked since evidence is missing, and the lists of
    what cannot be created."""

    resources: tuple[Resource, ...]
    gaps: tuple[Gap, ...]
    collections: tuple[Collection, ...] = ()


def bound_parameters(contract: Contract) -> frozenset[tuple[str, str]]:
    """Parameters (operationId, `query cursor`) whose values come from responses: a made-up value
    may be refused although it matches the schema."""
    links = links_of(contract)
    linked = {
        (link.target.id, key)
        for link in links
        for key, value in link.parameters.items()
        if isinstance(value, str) and "$response." in value
    }
    paged = {
        (each.id, f"query {name}")
        for each in contract.operations
        if each.method == "GET"
        for pager in [_pager(each, links)]
        for name in pager
    }
    return frozenset(linked | paged)


def _pager(operation: Operation, links: tuple[Link, ...]) -> tuple[str, ...]:
    if not query_parameters(operation):
        return ()
    pager, _ = pager_of(operation, tuple(link for link in links if link.source is operation))
    return pager.bound if pager is not None else ()


def roles_of(contract: Contract) -> Roles:
    """The resources that can be created with POST. A run does not touch what only PUT creates: it
    may belong to somebody else."""
    links = links_of(contract)
    found: list[Resource] = []
    gaps: list[Gap] = []
    for create in contract.operations:
        creation = creation_of(contract, create, links)
        if isinstance(creation, Gap):
            gaps.append(creation)
        elif creation is not None:
            path, identity = creation
            by_method = {each.method: each for each in contract.operations if each.path == path}
            read, update, patch, delete = map(by_method.get, ("GET", "PUT", "PATCH", "DELETE"))
            listing = _listing(contract, create, path, read, links)
            if isinstance(listing, Gap):
                gaps.append(listing)
                listing = None
            elif listing is not None:
                gaps += listing.gaps
            found.append(Resource(path, create, identity, read, update, patch, delete, listing))
    collections, more = collections_of(contract, links, {each.path for each in found})
    return Roles(tuple(found), tuple(dict.fromkeys((*gaps, *more))), collections)


def owner_of(resources: Iterable[Resource], path: str) -> Resource | None:
    """The resource that must exist before requests to this path template can succeed."""
    found = [each for each in resources if path == each.path or path.startswith(each.path + "/")]
    return max(found, key=lambda each: len(each.path), default=None)


def _listing(
    contract: Contract,
    create: Operation,
    path: str,
    read: Operation | None,
    links: tuple[Link, ...],
) -> Listing | Gap | None:
    """The list at the path of the creation, or at the one above what was created."""
    gap: Gap | None = None
    for place in dict.fromkeys((create.path, path.rpartition("/")[0])):
        for each in contract.operations:
            if each.method == "GET" and each.path == place and successes(each):
                listing = listing_of(each, path, read, links)
                if isinstance(listing, Listing):
                    return listing
                gap = gap or listing
    return gap
