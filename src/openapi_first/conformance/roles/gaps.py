"""Roles without evidence: what is not checked for that reason, and what to add to the contract."""

from __future__ import annotations

from dataclasses import dataclass

from openapi_first.openapi.model import Operation


@dataclass(frozen=True)
class Gap:
    """`unchecked` says what is not checked, `remedy` what to add to the contract."""

    operation: str
    unchecked: str
    remedy: str

    @property
    def note(self) -> str:
        return f"{self.operation}: not checked {self.unchecked}: {self.remedy}"


def no_creation(create: Operation, reader: Operation | None) -> Gap:
    """For a 201 whose response leads to nothing."""
    if reader is not None:
        remedy = f"or a link from it to {reader.id}"
    else:
        remedy = "and a link from it to the operation that reads what it creates"
    return Gap(
        create.id,
        "whether what it creates can be read, changed and removed",
        f"declare a Location header for its 201, {remedy}",
    )


def no_201(create: Operation, reader: Operation) -> Gap:
    """For a POST beside `/things/{id}` that may create or do something else."""
    return Gap(
        create.id,
        "whether it creates what can be read, changed and removed",
        f"if it does, declare 201 for its success, or a link from it to {reader.id}",
    )


def no_201_of_put(put: Operation) -> Gap:
    """For a PUT at a path that nothing creates."""
    return Gap(
        put.id,
        "whether a read returns what it writes",
        f"no operation creates what is at {put.path}; if PUT does, declare its 201",
    )


def no_absence(put: Operation, read: Operation) -> Gap:
    """For a PUT that creates where nobody can know whether something is there."""
    return Gap(
        put.id,
        "whether what it creates can be read, changed and removed",
        f"declare what {read.id} answers for what does not exist, such as 404",
    )


def nothing_to_compare(write: Operation, read: Operation) -> Gap:
    """For what is written and read without a member in common."""
    return Gap(
        write.id,
        "whether a read returns what it writes",
        f"its body and the response of {read.id} have no member in common; describe the members of "
        "both",
    )


def no_array(listing: Operation, reader: str) -> Gap:
    return Gap(
        listing.id,
        "whether it lists what was created",
        "its schema does not say which array holds the items; add a link from it to "
        f"{reader}, such as `$response.body#/items/0/id`",
    )


def no_identity(listing: Operation, reader: str) -> Gap:
    return Gap(
        listing.id,
        "whether it lists what was created",
        "its schema does not say which member of an item is in the item's path; add a link from "
        f"it to {reader}, such as `$response.body#/0/id`",
    )


def filtered(listing: Operation, names: tuple[str, ...]) -> Gap:
    return Gap(
        listing.id,
        "whether it lists everything that was created",
        f"{', '.join(names)} may leave something out; make it optional, without a default",
    )


def no_pager(listing: Operation) -> Gap:
    return Gap(
        listing.id,
        "whether its pages lose or repeat items",
        f"nothing in the contract leads from a page to the next one; add a link from {listing.id} "
        "to itself, such as `cursor: $response.body#/next_cursor`",
    )


def no_first_page(listing: Operation, name: str) -> Gap:
    return Gap(
        listing.id,
        "whether its pages lose or repeat items",
        f"the contract does not say which page is the first; declare a `minimum` or a `default` "
        f"for {name}",
    )
