"""Rules that Swagger's own schema cannot express, and that the converted document would break in
words of OpenAPI 3.0 or not at all."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from openapi_first.dialects.part import Part
from openapi_first.dialects.swagger.conversion import operations_of
from openapi_first.dialects.swagger.converted import Complaint


def check(root: Part) -> Iterator[Complaint]:
    """Errors of a document that Swagger's own schema accepts."""
    definitions = root.get("securityDefinitions")
    names = list(definitions.value) if definitions is not None else []
    yield from _security(root, names)
    for item, operation in operations_of(root):
        yield from _security(operation, names)
        for owner in (item, operation):
            yield from _bodies(owner)


def _security(owner: Part, names: list[str]) -> Iterator[Complaint]:
    requirements = owner.child("security")
    for requirement in requirements.elements() if requirements is not None else ():
        for name in requirement.value:
            if name in names:
                continue
            near = difflib.get_close_matches(name, names, 1)
            yield Complaint(
                requirement,
                f"there is no security scheme {name}",
                f"Write {near[0]}." if near else "Declare it under securityDefinitions.",
            )


def _bodies(owner: Part) -> Iterator[Complaint]:
    """Swagger 2.0, Parameter Object: one body at most, and no form beside it."""
    listed = owner.child("parameters")
    written = list(listed.elements()) if listed is not None else []
    bodies = [part for part in written if part.value["in"] == "body"]
    fields = [part for part in written if part.value["in"] == "formData"]
    for part in bodies[1:]:
        yield Complaint(part, "there is more than one body parameter", "Remove one of them.")
    if bodies and fields:
        yield Complaint(
            bodies[0], "there are a body and form fields", "Remove the body, or the fields."
        )
    names = set[str]()
    for part in fields:
        name = str(part.value["name"])
        if name in names:
            yield Complaint(part, f"duplicate form field {name}", "Remove one of the two.")
        names.add(name)
