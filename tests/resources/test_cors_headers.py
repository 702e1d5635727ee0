"""The CORS headers name what browsers need, and nothing that they never show."""

from __future__ import annotations

from pathlib import Path

from openapi_first.openapi.loader import load
from openapi_first.resources.cors_headers import exposed_headers
from support.compiled import contract_of
from support.documents import written


def test_cookies_are_not_exposed(tmp_path: Path) -> None:
    headers = {name: {"schema": {"type": "string"}} for name in ("Set-Cookie", "ETag", "X-Count")}
    document = contract_of(responses={"204": {"description": "", "headers": headers}})
    assert exposed_headers(load(written(tmp_path, document))) == "ETag,X-Count,x-amzn-RequestId"
