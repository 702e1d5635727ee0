"""Lists of what a run cannot create: those of read-only APIs."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass, replace

from openapi_first.conformance.roles.gaps import Gap
from openapi_first.conformance.roles.listings import Listing, listing_of
from openapi_first.conformance.roles.members import successes
from openapi_first.openapi.links import Link
from openapi_first.openapi.model import Contract, Operation

_VARIABLE = re.compile(r"\{[^{}+]+\}")
UNCHECKED = "whether its pages lose or repeat items"


@dataclass(frozen=True)
class Collection:
    """A list at `/things`, and the GET of `/things/{thingId}` that reads an item of it."""

    listing: Listing
    read: Operation


def collections_of(
    contract: Contract, links: tuple[Link, ...], created: Container[str]
) -> tuple[tuple[Collection, ...], list[Gap]]:
    """The collections whose items are not at the paths `created`, and what is not checked of them
    since evidence is missing."""
    found: list[Collection] = []
    gaps: list[Gap] = []
    gets = [each for each in contract.operations if each.method == "GET" and successes(each)]
    for read in gets:
        path, _, last = read.path.rpartition("/")
        if read.path in created or not _VARIABLE.fullmatch(last):
            continue
        for operation in gets:
            if operation.path != path:
                continue
            listing = listing_of(operation, read.path, read, links)
            if isinstance(listing, Gap):
                gaps.append(replace(listing, unchecked=UNCHECKED))
            elif listing is not None:
                found.append(Collection(listing, read))
                gaps += [each for each in listing.gaps if "created" not in each.unchecked]
    return tuple(found), gaps
