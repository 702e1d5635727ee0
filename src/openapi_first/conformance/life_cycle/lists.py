"""Judges the walks through a list.

Only items count that surely existed during a whole walk: those that this run has created before it
and that are still there after it, and those that a walk before and a walk after it have found.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from math import ceil
from typing import Any

from openapi_first.conformance.judging.checks import LIST, PAGING
from openapi_first.conformance.life_cycle.links import follow_to_first_item
from openapi_first.conformance.life_cycle.walks import MOST_PAGES, ItemKey, Walk, Walker
from openapi_first.conformance.phases.steps import Steps, json_body
from openapi_first.conformance.roles.created_resources import CreatedResource, of_resource
from openapi_first.conformance.roles.listings import Listing
from openapi_first.conformance.roles.pagers import PageSize
from openapi_first.conformance.roles.resources import Resource
from openapi_first.openapi.path_templates import variable_names

_GONE = (404, 410)
_CONFLICT = 409
_CREATIONS = 4
_MOST_CREATIONS = 24
_PAGES = 12
_PAUSE_S = 0.5

_Found = tuple[Walk, str | None]


class ListChecks:
    """The checks of the list of one resource, below the parent of `created` if it has one. The
    reads of what was created show which member of an item identifies it."""

    def __init__(
        self, steps: Steps, resource: Resource, listing: Listing, created: CreatedResource
    ) -> None:
        self._steps = steps
        self._resource = resource
        self._listing = listing
        self._created = created
        outer = variable_names(listing.operation.path)
        self._outer = {name: created.variables[name] for name in outer if name in created.variables}

    def present(self, bodies: list[Any]) -> None:
        """The list contains what was created, in pages of any size. Creates more of it with
        `bodies`. Raises StopAtFinding, ConnectionLost, CannotJudge."""
        steps, listing = self._steps, self._listing
        for number in range(1, self._wanted() + 1):
            _, exchange = steps.create(self._resource, bodies[number % len(bodies)])
            if exchange.response.status == _CONFLICT:  # a value that has to be unique
                steps.create(self._resource, steps.varied(self._resource.create))
        walker = self._walker()
        if walker is None:
            steps.conversation.notes[listing.no_identity.note] += 1
            return
        self._check_list(walker, None)
        for link in listing.item_links:
            parent = self._created if self._outer else None
            follow_to_first_item(steps, listing.operation, link, parent)
        if listing.pager is not None:
            self._check_paging(walker)

    def absent(self, removed: CreatedResource) -> None:
        """The list does not contain what was removed, but still contains the rest."""
        walker = self._walker()
        if walker is not None:
            self._check_list(walker, removed)

    def _wanted(self) -> int:
        """How many creations make three pages of the smallest size."""
        listing = self._listing
        least = 1
        if listing.pager is not None:
            if listing.page_size is not None:
                least = listing.page_size.least
            elif listing.most_items is not None:
                least = listing.most_items
        return min(max(_CREATIONS, 2 * least), _MOST_CREATIONS)

    def _walker(self) -> Walker | None:
        """None if nothing proves how items are identified."""
        known = []
        for each in [self._created, *self._own()][:3]:
            body = json_body(each.creation)
            if not isinstance(body, dict) and self._resource.read is not None:
                body = json_body(self._steps.ask(self._resource.read, "read", each))
            known.append((each.variables, body))
        pointers = self._listing.identified(known)
        parent = self._created if self._outer else None
        if pointers is None:
            return None
        return Walker(self._steps, self._listing, pointers, parent)

    def _own(self) -> list[CreatedResource]:
        """What this run has created in the list, and not removed."""
        return list(of_resource(self._steps.conversation.created, self._resource, self._outer))

    def _check_list(self, walker: Walker, absent: CreatedResource | None) -> None:
        """Walks through the list in the largest pages."""
        steps, operation = self._steps, self._listing.operation

        def check() -> _Found:
            own = self._own()
            walk = walker.walk(self._largest)
            if walk.error is not None:
                return walk, walk.error
            if absent is not None and walker.key(absent) in walk.items:
                return walk, "the list still contains what was removed"
            lost = self._lost(walker, walk, own)
            return walk, f"{lost.path} was created but is not in the list" if lost else None

        walk, complaint = checked_again(check)
        steps.record(LIST, operation, walk.last, complaint)
        if not walk.complete and len(walk.items) == len(set(walk.items)) and not complaint:
            steps.note(operation, "the list is too long to read to its end")

    def _lost(
        self, walker: Walker, walk: Walk, own: list[CreatedResource]
    ) -> CreatedResource | None:
        """Something that existed before and after a complete walk that has not found it."""
        if not walk.complete or self._listing.filters:
            return None
        found = set(walk.items)
        return next((e for e in own if walker.key(e) not in found and self._still(e)), None)

    def _still(self, created: CreatedResource) -> bool:
        """Whether it still exists, as far as a read can say."""
        if self._resource.read is None:
            return True
        read = self._steps.ask(self._resource.read, "read what is not listed", created)
        return read.response.status not in _GONE

    def _check_paging(self, walker: Walker) -> None:
        """Walks in pages of several sizes, between two walks in the largest pages."""
        operation = self._listing.operation
        first = walker.walk(self._largest)
        total, most_pages = len(first.items), 1
        for size, most in page_sizes(self._listing.page_size, total):
            check = partial(self._checked_pages, walker, size, most)
            walk, complaint = checked_again(check)
            most_pages = max(most_pages, walk.pages)
            self._steps.record(PAGING, operation, walk.last, complaint)
            if complaint is not None:
                return
        if most_pages < 2:
            self._steps.note(
                operation,
                f"{total} items made a single page, so its pages were not checked: add a parameter "
                "`limit` with a small minimum",
            )

    def _checked_pages(self, walker: Walker, size: int | None, most: int) -> _Found:
        own = self._own()
        walks = [walker.walk(self._largest), walker.walk(size, most), walker.walk(self._largest)]
        return self._judged(walker, walks, own)

    def _judged(self, walker: Walker, walks: Sequence[Walk], own: list[CreatedResource]) -> _Found:
        """The walk that is wrong, and how; else the one in the middle."""
        before, middle, after = walks
        for walk in walks:
            if walk.error is not None:
                return walk, walk.error
        pager = self._listing.pager
        if pager is not None and pager.positional and set(before.items) != set(after.items):
            self._steps.note(
                self._listing.operation,
                "other clients write, which moves items between pages, so they were not checked",
            )
            return middle, None
        for walk in walks:
            if len(walk.items) != len(set(walk.items)):
                return walk, f"{walk.title}, an item occurs twice"
        lost_key = missing(before, middle, after)
        if lost_key is not None:
            return middle, (
                f"{middle.title}, an item is missing that is there {before.title} before and "
                f"after: {'/'.join(lost_key)}"
            )
        for walk in walks:
            lost = self._lost(walker, walk, own)
            if lost is not None:
                return walk, f"{walk.title}, {lost.path} is missing"
        return middle, None

    @property
    def _largest(self) -> int | None:
        size = self._listing.page_size
        if size is None:
            return None
        counted = self._listing.pager is not None and self._listing.pager.positional
        return size.most if counted else size.declared_most


def checked_again(check: Callable[[], _Found]) -> _Found:
    """A walk and its complaint; those of a later walk if the first one has a complaint: a list may
    show a write a little later, and not every store keeps a cursor valid through other writes."""
    walk, complaint = check()
    if complaint is None:
        return walk, None
    time.sleep(_PAUSE_S)
    return check()


def page_sizes(size: PageSize | None, total: int) -> list[tuple[int | None, int]]:
    """The page sizes to try, with the most pages of each: small ones, and one for which a long list
    has at least three pages."""
    if size is None:
        return [(None, MOST_PAGES)]
    least = size.least
    wanted = [least, least + 1, least + 2, total - 1]
    if total > _PAGES * least:
        wanted = [least, least + 1, ceil(total / _PAGES)]
    found = dict.fromkeys(each for each in wanted if least <= each <= size.most)
    return [(each, MOST_PAGES if total <= MOST_PAGES * least else _PAGES + 1) for each in found]


def missing(before: Walk, walk: Walk, after: Walk) -> ItemKey | None:
    """An item that the walks before and after have found, and the one between has not. Of a walk
    that did not reach the end, only what stands before its last item in the other two counts."""
    later = set(after.items)
    there = [each for each in before.items if each in later]
    found = set(walk.items)
    if not walk.complete:
        shared = [each for each in there if each in found]
        order = {each: place for place, each in enumerate(walk.items)}
        if not shared or [order[e] for e in shared] != sorted(order[e] for e in shared):
            return None
        there = there[: there.index(shared[-1])]
    return next((each for each in there if each not in found), None)
