from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from openapi_first.clients.request_bodies import with_one_media_type


def document(*names: str) -> dict[str, Any]:
    body = {"content": {name: {"schema": {"type": "object"}} for name in names}}
    shared = {"requestBodies": {"Thing": deepcopy(body)}}
    return {"paths": {"/things": {"put": {"requestBody": body}}}, "components": shared}


@pytest.mark.parametrize(
    ("names", "kept"),
    [
        (["application/xml", "application/json"], ["application/json"]),
        (["text/xml", "application/merge-patch+json; v=1"], ["application/merge-patch+json; v=1"]),
        (["application/x-www-form-urlencoded", "multipart/form-data"], ["multipart/form-data"]),
        (["application/xml"], ["application/xml"]),
        (["application/xml", "image/png"], ["application/xml", "image/png"]),
    ],
)
def test_a_body_keeps_the_media_type_that_the_client_can_send(
    names: list[str], kept: list[str]
) -> None:
    given = document(*names)
    made, lines = with_one_media_type(given)
    assert given == document(*names)
    assert made == document(*kept)
    dropped = ", ".join(name for name in names if name not in kept)
    said = f"the client sends {kept[0]}, not {dropped}"
    owners = ("PUT /things", "the request body Thing") if dropped else ()
    assert lines == [f"{owner}: {said}" for owner in owners]
