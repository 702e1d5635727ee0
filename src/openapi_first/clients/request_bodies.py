"""Leaves each request body the one media type that a client of openapi-python-client can send.

That generator leaves out a whole operation for one media type that it does not know, such as XML
beside JSON, and sends the last of several that have the same schema.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from openapi_first.core.media_types import is_json, media_type_of
from openapi_first.openapi.model import METHODS

_SENT = (
    "multipart/form-data",
    "application/x-www-form-urlencoded",
    "application/octet-stream",
)


def with_one_media_type(document: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """A copy of the document, and a line for each body that lost a media type. A body with none
    that the client can send stays as it is, for the generator to report."""
    copied, lines = deepcopy(document), []
    for name, body in _bodies(copied):
        content = body.get("content")
        if not isinstance(content, dict) or len(content) < 2:
            continue
        chosen = _chosen(list(content))
        if chosen is not None:
            others = ", ".join(each for each in content if each != chosen)
            lines.append(f"{name}: the client sends {chosen}, not {others}")
            body["content"] = {chosen: content[chosen]}
    return copied, lines


def _bodies(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method in METHODS if path.startswith("/") else ():
            body = item.get(method, {}).get("requestBody")
            if isinstance(body, dict):
                yield f"{method.upper()} {path}", body
    for name, body in document.get("components", {}).get("requestBodies", {}).items():
        yield f"the request body {name}", body


def _chosen(names: list[str]) -> str | None:
    for name in names:
        if is_json(media_type_of(name)):
            return name
    return next((name for sent in _SENT for name in names if media_type_of(name) == sent), None)
