"""Mocks of small contracts, called in this process."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from openapi_first.mock.handler import mock_handler
from openapi_first.openapi.loader import load
from support.compiled import Handler, compiled_module, event
from support.documents import written

JSON = "application/json"


class Mock:
    """The mock of a contract, and its answers."""

    def __init__(
        self,
        folder: Path,
        document: dict[str, Any] | str,
        *,
        remembers: bool = False,
        seed: int = 0,
    ) -> None:
        compiled = compiled_module(folder, document)
        contract = load(written(folder, document))
        self.handler: Handler = mock_handler(contract, compiled, remembers=remembers, seed=seed)

    def __call__(
        self,
        method: str,
        resource: str,
        path: dict[str, str] | None = None,
        *,
        query: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        body: Any = None,
        media_type: str = JSON,
    ) -> tuple[int, dict[str, str], Any]:
        """The status, the headers by their names in lower case, and the body: JSON, else bytes."""
        given: dict[str, str | list[str]] = {**(headers or {})}
        if body is not None:
            given["content-type"] = media_type
        sent = event(
            method=method,
            resource=resource,
            path=path,
            query={name: [str(value)] for name, value in (query or {}).items()} or None,
            headers=given,
            body=body,
        )
        target = resource
        for name, value in (path or {}).items():
            target = target.replace(f"{{{name}}}", value)
        sent["path"], sent["requestContext"]["path"] = target, f"/prod{target}"
        answer = self.handler(sent, None)
        lines = {
            name.lower(): ", ".join(lines) for name, lines in answer["multiValueHeaders"].items()
        }
        text = answer["body"]
        if answer["isBase64Encoded"]:
            return answer["statusCode"], lines, base64.b64decode(text)
        is_json = "json" in lines.get("content-type", "")
        return answer["statusCode"], lines, json.loads(text) if is_json and text else text
