"""The keywords of JSON Schema about numbers, for the validators of the library jsonschema.

The library divides and compares doubles: to it, 0.58 is not a multiple of 0.01.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import jsonschema
from jsonschema.exceptions import ValidationError

from openapi_first.decimals.numbers import exact, is_multiple

Keyword = Callable[[Any, Any, Any, Mapping[str, Any]], Iterator[ValidationError]]

_Compared = Callable[[Any, Any], bool]


def _multiple_of(
    validator: Any, divisor: Any, instance: Any, _: Mapping[str, Any]
) -> Iterator[ValidationError]:
    if validator.is_type(instance, "number") and not is_multiple(instance, divisor):
        yield ValidationError(f"{instance} is not a multiple of {divisor}")


def _bound(violates: _Compared, words: str, exclusive: str | None = None) -> Keyword:
    """`exclusive` is the boolean keyword of draft 4 that excludes the bound itself."""

    def keyword(
        validator: Any, bound: Any, instance: Any, schema: Mapping[str, Any]
    ) -> Iterator[ValidationError]:
        if not validator.is_type(instance, "number"):
            return
        number, limit = exact(instance), exact(bound)
        excluded = exclusive is not None and schema.get(exclusive) is True and number == limit
        if excluded or violates(number, limit):
            yield ValidationError(f"{instance} is {words} {bound}")

    return keyword


def _exactly(name: str) -> Keyword:
    """The library's keyword, with exact numbers on both sides."""
    library: Any = jsonschema.Draft202012Validator.VALIDATORS[name]

    def keyword(
        validator: Any, value: Any, instance: Any, schema: Mapping[str, Any]
    ) -> Iterator[ValidationError]:
        yield from library(validator, exact(value), exact(instance), schema) or ()

    return keyword


_OF_ALL_DRAFTS: Mapping[str, Keyword] = {
    "multipleOf": _multiple_of,
    "enum": _exactly("enum"),
    "uniqueItems": _exactly("uniqueItems"),
}

DRAFT_4: Mapping[str, Keyword] = {
    **_OF_ALL_DRAFTS,
    "minimum": _bound(operator.lt, "less than", "exclusiveMinimum"),
    "maximum": _bound(operator.gt, "greater than", "exclusiveMaximum"),
}
"""Also the keywords of OpenAPI 3.0."""

DRAFT_2020_12: Mapping[str, Keyword] = {
    **_OF_ALL_DRAFTS,
    "const": _exactly("const"),
    "minimum": _bound(operator.lt, "less than"),
    "maximum": _bound(operator.gt, "greater than"),
    "exclusiveMinimum": _bound(operator.le, "less than or equal to"),
    "exclusiveMaximum": _bound(operator.ge, "greater than or equal to"),
}


@functools.cache
def exact_validator(library: Any, *, draft_4: bool = False) -> Any:
    """A class of validators of jsonschema with these keywords instead of the library's."""
    extend: Any = jsonschema.validators.extend
    return extend(library, DRAFT_4 if draft_4 else DRAFT_2020_12)
