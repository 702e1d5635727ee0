"""Lists contain what was created and not what was removed; pages neither lose nor repeat items."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from openapi_first.conformance.judging.checks import LINK, LIST, PAGING
from openapi_first.conformance.model.created_resources import CreatedResource
from openapi_first.conformance.model.resources import Listing, Resource
from openapi_first.conformance.model.run import Exchange
from openapi_first.conformance.model.runtime_expressions import NoValue, evaluate, member
from openapi_first.conformance.phases.steps import Steps, json_body, succeeded
from openapi_first.openapi.links import Link

_MOST_PAGES = 40
_FEW_ITEMS = 60

_ItemKey = tuple[str, ...]
"""The values of an item's path variables, in the order of their names."""


@dataclass
class _Walk:
    """A walk through the pages of a list: the items found in order, the last exchange, whether it
    reached the end, and what was wrong on the way."""

    items: list[_ItemKey]
    last: Exchange
    complete: bool
    error: str | None = None


def check_list(
    steps: Steps, listing: Listing, resource: Resource, *, absent: CreatedResource | None = None
) -> None:
    """Walks through the list in the largest pages: it must contain what this run has created, and
    not `absent`."""
    size, operation = _largest_page(listing), listing.operation
    walk, complaint = _checked_twice(lambda: _checked_list(steps, listing, resource, size, absent))
    steps.record(LIST, operation, walk.last, complaint)
    if not walk.complete and walk.error is None:
        steps.conversation.notes[f"{operation.id}: the list is too long to read to its end"] += 1
    for link in listing.item_links:
        _follow_to_first_item(steps, listing, link)


def check_paging(steps: Steps, listing: Listing, resource: Resource) -> None:
    """Walks through the list in pages of several sizes: each walk must find every item once."""
    if listing.next_page is None:
        return
    items = _walk(steps, listing, _largest_page(listing)).items
    sizes: list[int | None] = [None]
    if listing.page_size is not None and len(items) <= _FEW_ITEMS:
        schema = listing.page_size.schema.followed().value
        least, most = schema.get("minimum", 1), schema.get("maximum", 100)
        sizes = [size for size in (1, 2, 3, max(1, len(items) - 1)) if least <= size <= most]
    for size in sizes:
        walk, complaint = _checked_twice(partial(_checked_pages, steps, listing, resource, size))
        steps.record(PAGING, listing.operation, walk.last, complaint)


def _checked_twice(check: Callable[[], tuple[_Walk, str | None]]) -> tuple[_Walk, str | None]:
    """A walk and its complaint; those of a second walk if the first one has a complaint: other
    clients may write meanwhile, and not every store keeps a cursor valid through that."""
    walk, complaint = check()
    return (walk, None) if complaint is None else check()


def _checked_list(
    steps: Steps,
    listing: Listing,
    resource: Resource,
    size: int | None,
    absent: CreatedResource | None,
) -> tuple[_Walk, str | None]:
    walk = _walk(steps, listing, size)
    if walk.error is not None:
        return walk, walk.error
    if absent is not None and _key(listing, absent) in walk.items:
        return walk, "the list still contains what was removed"
    lost = _lost(steps, listing, resource, walk)
    return walk, f"{lost.path} was created but is not in the list" if lost else None


def _checked_pages(
    steps: Steps, listing: Listing, resource: Resource, size: int | None
) -> tuple[_Walk, str | None]:
    walk = _walk(steps, listing, size)
    pages = f"in pages of {size}" if size else "in pages"
    if walk.error is not None:
        return walk, walk.error
    if len(walk.items) != len(set(walk.items)):
        return walk, f"{pages}, an item occurs twice"
    lost = _lost(steps, listing, resource, walk)
    return walk, f"{pages}, {lost.path} is missing" if lost else None


def _lost(
    steps: Steps, listing: Listing, resource: Resource, walk: _Walk
) -> CreatedResource | None:
    """Something that this run has created and a complete walk has not found."""
    found = set(walk.items)
    for created in steps.conversation.created if walk.complete else ():
        if created.resource is resource and _key(listing, created) not in found:
            return created
    return None


def _follow_to_first_item(steps: Steps, listing: Listing, link: Link) -> None:
    """Follows a link from the list to its first item; a second time if the item is gone."""
    for _ in range(2):
        exchange = steps.ask(listing.operation, "list")
        try:
            values = {
                ("path", key.partition(" ")[2]): evaluate(
                    value, listing.operation.path, exchange.case.request, exchange.response
                )
                for key, value in link.parameters.items()
            }
        except NoValue:
            return
        followed = steps.ask(link.target, f"follow {link.name}", values=values)
        if succeeded(followed):
            break
    complaint = None
    if not succeeded(followed):
        complaint = f"the link {link.name} leads to a {followed.response.status}"
    steps.record(LINK, listing.operation, followed, complaint)
    steps.saw_link(link)


def _largest_page(listing: Listing) -> int | None:
    if listing.page_size is None:
        return None
    maximum = listing.page_size.schema.followed().value.get("maximum")
    return int(maximum) if maximum is not None else None


def _walk(steps: Steps, listing: Listing, size: int | None) -> _Walk:
    values: dict[tuple[str, str], Any] = {}
    if size is not None and listing.page_size is not None:
        values[("query", listing.page_size.name)] = size
    found: list[_ItemKey] = []
    handed_out: set[str] = set()
    operation, title = listing.operation, f"list in pages of {size}" if size else "list"
    while True:
        exchange = steps.ask(operation, title, values=values)
        if not succeeded(exchange):
            error = f"the status of a page is {exchange.response.status}"
            return _Walk(found, exchange, complete=False, error=error)
        try:
            items = member(json_body(exchange), listing.items)
            page = [_item_key(listing, item) for item in items]
        except (NoValue, TypeError):
            error = "a page does not have items in the declared place"
            return _Walk(found, exchange, complete=False, error=error)
        found += page
        if size is not None and len(page) > size:
            error = f"a page of {size} contains {len(page)} items"
            return _Walk(found, exchange, complete=False, error=error)
        following = _next_page(listing, exchange)
        if following is None:
            return _Walk(found, exchange, complete=True)
        mark = repr(sorted(following.items()))
        if mark in handed_out:
            error = "the links to the next page form a cycle"
            return _Walk(found, exchange, complete=False, error=error)
        handed_out.add(mark)
        if len(handed_out) > max(_MOST_PAGES, _FEW_ITEMS):
            return _Walk(found, exchange, complete=False)
        values = {**values, **following}
        assert listing.next_page is not None
        steps.saw_link(listing.next_page)
        steps.record(LINK, operation, exchange)


def _next_page(listing: Listing, exchange: Exchange) -> dict[tuple[str, str], Any] | None:
    """The parameters of the next page; None on the last one."""
    if listing.next_page is None:
        return None
    found = {}
    for key, expression in listing.next_page.parameters.items():
        location, _, name = key.partition(" ")
        try:
            value = evaluate(
                expression, listing.operation.path, exchange.case.request, exchange.response
            )
        except NoValue:
            return None
        if value in (None, ""):
            return None
        found[(location, name)] = value
    return found


def _item_key(listing: Listing, item: Any) -> _ItemKey:
    return tuple(str(member(item, listing.variables[name])) for name in sorted(listing.variables))


def _key(listing: Listing, created: CreatedResource) -> _ItemKey:
    return tuple(created.variables[name] for name in sorted(listing.variables))
