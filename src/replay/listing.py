"""Lists: they hold what was created and not what was removed, and pages neither lose nor repeat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from replay.conversation import Thing
from replay.coverage import Point
from replay.links import NoValue, evaluated, member
from replay.model import Exchange
from replay.resources import Listing, Resource
from replay.steps import Steps, json_body, succeeded

__all__ = ["list_step", "paging_step"]

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
    walk = _walked(steps, listing, resource, _largest(listing))
    operation = listing.operation
    if walk.fault is not None:
        steps.hold(operation, "list", walk.fault, walk.last)
        return
    found = set(walk.names)
    _follow_first(steps, listing, resource)
    if absent is not None:
        still = _name(resource, absent.variables) in found
        detail = "what was removed is still in the list" if still else None
        steps.hold(operation, "list", detail, walk.last)
    if not walk.whole:
        steps.talk.notes[f"{operation.id}: the list is too long to be read to its end"] += 1
        return
    missing = [
        thing for thing in _own(steps, resource) if _name(resource, thing.variables) not in found
    ]
    detail = f"{missing[0].path} was created and is not in the list" if missing else None
    steps.hold(operation, "list", detail, walk.last)


def _follow_first(steps: Steps, listing: Listing, resource: Resource) -> None:
    """The link from a list to its first item, where that is one of ours."""
    exchange = steps.ask(listing.operation, "list")
    for link in listing.to_item:
        try:
            values = {
                ("path", key.partition(" ")[2]): evaluated(
                    value, listing.operation.path, exchange.case.request, exchange.response
                )
                for key, value in link.parameters.items()
            }
        except NoValue:
            continue
        followed = steps.ask(link.target, f"follow {link.name}", values=values)
        status = followed.response.status
        detail = None if succeeded(followed) else f"the link {link.name} leads to a {status}"
        steps.hold(listing.operation, "link", detail, followed)
        point = f"{link.status} {link.name}"
        steps.talk.seen[Point(_called(listing), "link", point)] += 1


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
        walk = _walked(steps, listing, resource, size)
        detail = walk.fault
        if detail is None and len(walk.names) != len(set(walk.names)):
            detail = f"in pages of {size}, something comes twice"
        if detail is None and walk.whole:
            found = set(walk.names)
            lost = [
                each
                for each in _own(steps, resource)
                if _name(resource, each.variables) not in found
            ]
            if lost:
                detail = f"in pages of {size}, {lost[0].path} is on none of them"
        steps.hold(operation, "paging", detail, walk.last)


def _own(steps: Steps, resource: Resource) -> list[Thing]:
    return [thing for thing in steps.talk.things if thing.resource is resource]


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
