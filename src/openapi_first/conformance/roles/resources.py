"""The resources of a contract and the roles of their operations."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass

from openapi_first.conformance.roles.collections import Collection, collections_of
from openapi_first.conformance.roles.creations import Identity, creation_of
from openapi_first.conformance.roles.gaps import Gap
from openapi_first.conformance.roles.listings import Listing, listing_of
from openapi_first.conformance.roles.members import query_parameters, successes
from openapi_first.conformance.roles.pagers import pager_of
from openapi_first.conformance.roles.put_creations import put_creation_of
from openapi_first.conformance.roles.singletons import singleton_of
from openapi_first.openapi.links import Link, links_of
from openapi_first.openapi.model import Contract, Operation
from openapi_first.openapi.path_templates import is_below


@dataclass(frozen=True)
class Resource:
    """What can be created at one path; `identity` says how a creation shows its variables. What is
    there once is `create`d by the operation that writes it."""

    path: str
    create: Operation
    identity: Identity
    read: Operation | None
    update: Operation | None
    patch: Operation | None
    delete: Operation | None
    listing: Listing | None

    @property
    def is_put(self) -> bool:
        """Whether the client chooses the path."""
        return self.create.method == "PUT"


@dataclass(frozen=True)
class Roles:
    """The resources of a contract, what is not checked since evidence is missing, the lists of
    what cannot be created, and what is there once, without a creation."""

    resources: tuple[Resource, ...]
    gaps: tuple[Gap, ...]
    collections: tuple[Collection, ...] = ()
    singletons: tuple[Resource, ...] = ()


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
    """The resources that can be created, with POST or with PUT, and what is there once."""
    links = links_of(contract)
    found: list[Resource] = []
    gaps: list[Gap] = []
    for create in contract.operations:
        creation = creation_of(contract, create, links)
        if isinstance(creation, Gap):
            gaps.append(creation)
        elif creation is not None:
            found.append(_resource(contract, create, *creation, links, gaps))
    found += _put_resources(contract, {each.path for each in found}, links, gaps)
    created = {each.path for each in found}
    singletons = tuple(_singletons(contract, created, gaps))
    collections, more = collections_of(contract, links, created)
    all_gaps = tuple(dict.fromkeys((*gaps, *more)))
    return Roles(tuple(found), all_gaps, collections, singletons)


def _put_resources(
    contract: Contract, created: Container[str], links: tuple[Link, ...], gaps: list[Gap]
) -> list[Resource]:
    """What PUT creates at paths that nothing else does. Adds to `gaps` what is missing."""
    found = []
    posted = {each.path for each in contract.operations if each.method == "POST"}
    for put in contract.operations:
        if put.path in created or put.path.rpartition("/")[0] in posted:
            continue
        identity = put_creation_of(contract, put)
        if isinstance(identity, Gap):
            gaps.append(identity)
        elif identity is not None:
            found.append(_resource(contract, put, put.path, identity, links, gaps))
    return found


def _singletons(contract: Contract, created: Container[str], gaps: list[Gap]) -> Iterator[Resource]:
    """Adds to `gaps` what is missing."""
    for read in contract.operations:
        writes = singleton_of(contract, read) if read.path not in created else None
        if isinstance(writes, Gap):
            gaps.append(writes)
        elif writes is not None:
            yield _singleton(read, writes)


def _resource(
    contract: Contract,
    create: Operation,
    path: str,
    identity: Identity,
    links: tuple[Link, ...],
    gaps: list[Gap],
) -> Resource:
    """Adds to `gaps` what its list lacks."""
    by_method = {each.method: each for each in contract.operations if each.path == path}
    read, update, patch, delete = map(by_method.get, ("GET", "PUT", "PATCH", "DELETE"))
    listing = _listing(contract, create, path, read, links)
    if isinstance(listing, Gap):
        gaps.append(listing)
        listing = None
    elif listing is not None:
        gaps += listing.gaps
    return Resource(path, create, identity, read, update, patch, delete, listing)


def _singleton(read: Operation, writes: tuple[Operation, ...]) -> Resource:
    update, patch = (
        next((each for each in writes if each.method == method), None)
        for method in ("PUT", "PATCH")
    )
    identity = Identity({}, None, {}, ())
    return Resource(read.path, writes[0], identity, read, update, patch, None, None)


def owner_of(resources: Iterable[Resource], path: str) -> Resource | None:
    """The resource that must exist before requests to this path template can succeed."""
    found = [each for each in resources if is_below(path, each.path)]
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
        for each in contract.operations if place != path else ():
            if each.method == "GET" and each.path == place and successes(each):
                listing = listing_of(each, path, read, links)
                if isinstance(listing, Listing):
                    return listing
                gap = gap or listing
    return gap
