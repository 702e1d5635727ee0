"""Requests to a live stage, each answer held against the contract by openapi-core."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import requests
import yaml
from openapi_core import Config, OpenAPI
from openapi_core.contrib.requests import RequestsOpenAPIRequest, RequestsOpenAPIResponse


class Judge:
    """Speaks to one stage. Called with method and path, it gives the answer, judged."""

    def __init__(self, contract: Path, base_url: str, key: str | None) -> None:
        self._base_url = base_url
        self._key = key
        self._session = requests.Session()
        document = yaml.load(contract.read_text(), yaml.CSafeLoader)
        document["servers"] = [{"url": base_url}]
        config = Config(extra_media_type_deserializers={"application/problem+json": json.loads})
        self._openapi = OpenAPI.from_dict(document, config=config)

    def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = "the stage's",
        judged: bool = True,
        headers: dict[str, str] | None = None,
        content: str | None = None,
    ) -> requests.Response:
        """`judged=False` is for what the contract does not describe: unknown paths, preflights."""
        sent = dict(headers or {})
        key = self._key if key == "the stage's" else key
        if key is not None:
            sent["x-api-key"] = key
        if body is not None:
            content = json.dumps(body)
        if content is not None:
            sent.setdefault("Content-Type", "application/json")
        request = requests.Request(method, self._base_url + path, headers=sent, data=content)
        prepared = self._session.prepare_request(request)
        answer = self._session.send(prepared, timeout=30)
        if judged:
            self._openapi.validate_response(
                RequestsOpenAPIRequest(request), RequestsOpenAPIResponse(answer)
            )
        return answer

    def close(self) -> None:
        self._session.close()
