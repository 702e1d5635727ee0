"""Responses: `schema` and `examples` become the content in each media type of `produces`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from openapi_first.dialects.part import Part
from openapi_first.dialects.swagger.bodies import JSON
from openapi_first.dialects.swagger.converted import Converted, Losses, copied
from openapi_first.dialects.swagger.parameters import converted_header
from openapi_first.dialects.swagger.schemas import Schemas


def converted_responses(
    part: Part, produces: Sequence[str], schemas: Schemas, losses: Losses
) -> Converted:
    responses = {
        status: (
            part.value[status]
            if status.startswith("x-")
            else _response(response, produces, schemas, losses)
        )
        for status, response in part.items()
    }
    return Converted(part, responses)


def _response(part: Part, produces: Sequence[str], schemas: Schemas, losses: Losses) -> Converted:
    members = copied(part, "description")
    headers = part.child("headers")
    if headers is not None:
        members["headers"] = Converted(
            headers, {name: converted_header(each, losses) for name, each in headers.items()}
        )
    content = _content(part, produces, schemas, losses)
    return Converted(part, {**members, "content": content} if content else members)


def _content(
    part: Part, produces: Sequence[str], schemas: Schemas, losses: Losses
) -> dict[str, Any]:
    """By media type; empty if the response has no body, which has neither schema nor example."""
    schema, examples = part.child("schema"), part.child("examples")
    if schema is None and examples is None:
        return {}
    by_type = examples.value if examples is not None else {}
    names = tuple(produces) or tuple(by_type) or (JSON,)
    if not produces:
        losses.note(part, f"without `produces`, the response is {', '.join(names)}")
    members = {"schema": schemas.converted(schema)} if schema is not None else {}
    content: dict[str, Any] = {name: Converted(schema or part, members) for name in names}
    for name in by_type:
        example = examples.child(name) if examples is not None else None
        if name in content:
            content[name]["example"] = by_type[name]
        elif example is not None:
            losses.note(example, f"`produces` has no {name}; the example is left out")
    return content
