"""Lists: they hold what was created and not what was removed, and pages neither lose nor repeat."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from openapi_first.conformance.model.coverage import Point
from openapi_first.conformance.model.expressions import NoValue, evaluated, member
from openapi_first.conformance.model.resources import Listing, Resource
from openapi_first.conformance.model.run import Exchange
from openapi_first.conformance.phases.conversation import Thing
from openapi_first.conformance.phases.steps import Steps, json_body, succeeded
from openapi_first.openapi.links import Link

_MOST_PAGES = 40
_FEW_ITEMS = 60

_Name = tuple[str, ...]


@dataclass
class _Walk:
    """A walk through pages: the names found in order, the last exchange, whether it got to the
    end, and what was wrong on the way."""

    names: list[_Name]
    last: Exchange
    whole: bool
    fault: str | None = None


def list_step(
    steps: Steps, listing: Listing, resource: Resource, *, absent: Thing | None = None
) -> None:
    """Walks through the list in the largest pages; what this run has made has to be there."""
    size, operation = _largest(listing), listing.operation
    walk, detail = _looked_twice(lambda: _listed(steps, listing, resource, size, absent))
    steps.hold(operation, "list", detail, walk.last)
    if not walk.whole and walk.fault is None:
        steps.talk.notes[f"{operation.id}: the list is too long to be read to its end"] += 1
    for link in listing.to_item:
        _follow_first(steps, listing, link)


def _looked_twice(look: Callable[[], tuple[_Walk, str | None]]) -> tuple[_Walk, str | None]:
    """What a walk came to, a second one when the first found fault: others may write meanwhile,
    and not every store keeps a cursor through that."""
    walk, detail = look()
    return (walk, None) if detail is None else look()


def _listed(
    steps: Steps, listing: Listing, resource: Resource, size: int | None, absent: Thing | None
) -> tuple[_Walk, str | None]:
    walk = _walked(steps, listing, resource, size)
    if walk.fault is not None:
        return walk, walk.fault
    if absent is not None and _name(resource, absent.variables) in walk.names:
        return walk, "what was removed is still in the list"
    lost = _lost(steps, resource, walk)
    return walk, f"{lost.path} was created and is not in the list" if lost else None


def _lost(steps: Steps, resource: Resource, walk: _Walk) -> Thing | None:
    """Something this run has made that a walk to the end has not met."""
    found = set(walk.names)
    for thing in steps.talk.things if walk.whole else ():
        if thing.resource is resource and _name(resource, thing.variables) not in found:
            return thing
    return None


def _follow_first(steps: Steps, listing: Listing, link: Link) -> None:
    """A link from a list to its first item, followed again when that has gone meanwhile."""
    for _ in range(2):
        exchange = steps.ask(listing.operation, "list")
        try:
            values = {
                ("path", key.partition(" ")[2]): evaluated(
                    value, listing.operation.path, exchange.case.request, exchange.response
                )
                for key, value in link.parameters.items()
            }
        except NoValue:
            return
        followed = steps.ask(link.target, f"follow {link.name}", values=values)
        if succeeded(followed):
            break
    status = followed.response.status
    detail = None if succeeded(followed) else f"the link {link.name} leads to a {status}"
    steps.hold(listing.operation, "link", detail, followed)
    steps.talk.seen[Point(_called(listing), "link", f"{link.status} {link.name}")] += 1


def _called(listing: Listing) -> str:
    return f"{listing.operation.method} {listing.operation.path}"


def paging_step(steps: Steps, listing: Listing, resource: Resource) -> None:
    """Walks through the list in pages of several sizes; each has to give the same."""
    if listing.following is None:
        return
    operation = listing.operation
    whole = _walked(steps, listing, resource, _largest(listing))
    sizes: list[int | None] = [None]
    if listing.page_size is not None and len(whole.names) <= _FEW_ITEMS:
        schema = listing.page_size.schema.followed().value
        least, most = schema.get("minimum", 1), schema.get("maximum", 100)
        sizes = [size for size in (1, 2, 3, max(1, len(whole.names) - 1)) if least <= size <= most]
    for size in sizes:
        walk, detail = _looked_twice(partial(_paged, steps, listing, resource, size))
        steps.hold(operation, "paging", detail, walk.last)


def _paged(
    steps: Steps, listing: Listing, resource: Resource, size: int | None
) -> tuple[_Walk, str | None]:
    walk = _walked(steps, listing, resource, size)
    pages = f"in pages of {size}" if size else "in pages"
    if walk.fault is not None:
        return walk, walk.fault
    if len(walk.names) != len(set(walk.names)):
        return walk, f"{pages}, something comes twice"
    lost = _lost(steps, resource, walk)
    return walk, f"{pages}, {lost.path} is on none of them" if lost else None


def _largest(listing: Listing) -> int | None:
    if listing.page_size is None:
        return None
    maximum = listing.page_size.schema.followed().value.get("maximum")
    return int(maximum) if maximum is not None else None


def _walked(steps: Steps, listing: Listing, resource: Resource, size: int | None) -> _Walk:
    values: dict[tuple[str, str], Any] = {}
    if size is not None and listing.page_size is not None:
        values[("query", listing.page_size.name)] = size
    names: list[_Name] = []
    handed_out: set[str] = set()
    operation, title = listing.operation, f"list in pages of {size}" if size else "list"
    while True:
        exchange = steps.ask(operation, title, values=values)
        if not succeeded(exchange):
            fault = f"a page answers {exchange.response.status}"
            return _Walk(names, exchange, False, fault)
        try:
            items = member(json_body(exchange), listing.items)
            page = [_named(resource, listing, item) for item in items]
        except (NoValue, TypeError):
            return _Walk(names, exchange, False, "a page has no items where they should be")
        names += page
        if size is not None and len(page) > size:
            return _Walk(names, exchange, False, f"a page of {size} holds {len(page)}")
        following = _following(listing, exchange)
        if following is None:
            return _Walk(names, exchange, True)
        mark = repr(sorted(following.items()))
        if mark in handed_out:
            return _Walk(names, exchange, False, "the pages go round in a circle")
        handed_out.add(mark)
        if len(handed_out) > max(_MOST_PAGES, _FEW_ITEMS):
            return _Walk(names, exchange, False)
        values = {**values, **following}
        link = listing.following
        assert link is not None
        steps.talk.seen[Point(_called(listing), "link", f"{link.status} {link.name}")] += 1
        steps.talk.ledger.judged(operation.id, "link")


def _following(listing: Listing, exchange: Exchange) -> dict[tuple[str, str], Any] | None:
    """The parameters of the next page; None on the last one."""
    if listing.following is None:
        return None
    found = {}
    for key, expression in listing.following.parameters.items():
        location, _, name = key.partition(" ")
        try:
            value = evaluated(
                expression, listing.operation.path, exchange.case.request, exchange.response
            )
        except NoValue:
            return None
        if value in (None, ""):
            return None
        found[(location, name)] = value
    return found


def _named(resource: Resource, listing: Listing, item: Any) -> _Name:
    return tuple(str(member(item, listing.names[name])) for name in sorted(listing.names))


def _name(resource: Resource, variables: dict[str, str]) -> _Name:
    listing = resource.listing
    assert listing is not None
    return tuple(variables[name] for name in sorted(listing.names))
