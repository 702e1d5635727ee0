"""Fetches a REST API and the export of one of its stages from API Gateway.

It only reads: the credentials need `apigateway:GET` on the API.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from openapi_first.core.errors import UserError
from openapi_first.sdk.session import session

_Result = TypeVar("_Result")

_EXTENSIONS = "integrations,authorizers,apigateway"
_PAGE = 500  # the largest page that API Gateway returns


@dataclass(frozen=True)
class Deployed:
    """The API as it would be deployed now, and the export of the stage."""

    api: dict[str, Any]
    resources: list[dict[str, Any]]
    models: list[dict[str, Any]]
    validators: list[dict[str, Any]]
    authorizers: list[dict[str, Any]]
    gateway_responses: list[dict[str, Any]]
    export: dict[str, Any]
    region: str
    partition: str


class ControlPlane:
    """API Gateway's control plane (AWS: API Gateway API Reference, v1) in one region."""

    def __init__(self, *, region: str | None = None, profile: str | None = None) -> None:
        """Region and profile default to what AWS commands here use. Raises DriftError."""
        from botocore.config import Config  # other commands do without
        from botocore.exceptions import BotoCoreError

        config = Config(
            connect_timeout=10,
            read_timeout=60,
            retries={"mode": "standard", "total_max_attempts": 4},
        )
        try:
            opened = session(region=region, profile=profile)
            self._client: Any = opened.client("apigateway", config=config)
        except (BotoCoreError, ValueError) as error:  # ValueError: an empty region or endpoint
            raise DriftError(_line(error)) from error
        self.region: str = self._client.meta.region_name
        self._partition: str = self._client.meta.partition

    def deployed(self, api_id: str, stage: str) -> Deployed:
        """Raises DriftError if anything cannot be fetched."""
        try:
            return self._deployed(api_id, stage)
        finally:
            self._client.close()

    def _deployed(self, api_id: str, stage: str) -> Deployed:
        def listed(operation: str, **arguments: Any) -> list[dict[str, Any]]:
            def call() -> list[dict[str, Any]]:
                pages = self._client.get_paginator(operation).paginate(
                    restApiId=api_id, **arguments, PaginationConfig={"PageSize": _PAGE}
                )
                return [item for page in pages for item in page.get("items", [])]

            return self._asked(call, f"there is no REST API {api_id} in {self.region}")

        api = self._asked(
            lambda: self._client.get_rest_api(restApiId=api_id),
            f"there is no REST API {api_id} in {self.region}: give its id, as in "
            f"https://ID.execute-api.{self.region}.amazonaws.com, or another --region",
        )
        export = self._asked(
            lambda: self._client.get_export(
                restApiId=api_id,
                stageName=stage,
                exportType="oas30",
                parameters={"extensions": _EXTENSIONS},
                accepts="application/json",
            )["body"].read(),
            lambda: self._no_stage(api_id, stage),
        )
        return Deployed(
            api,
            listed("get_resources", embed=["methods"]),
            listed("get_models"),
            listed("get_request_validators"),
            listed("get_authorizers"),
            listed("get_gateway_responses"),
            _parsed(export),
            self.region,
            self._partition,
        )

    def _no_stage(self, api_id: str, stage: str) -> str:
        stages = self._asked(lambda: self._client.get_stages(restApiId=api_id), "")
        names = ", ".join(sorted(item["stageName"] for item in stages.get("item", [])))
        return f"the REST API {api_id} has no stage {stage}; it has {names or 'none'}"

    def _asked(self, call: Callable[[], _Result], absent: str | Callable[[], str]) -> _Result:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return call()
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code == "NotFoundException":
                raise DriftError(absent if isinstance(absent, str) else absent()) from error
            if code == "TooManyRequestsException":
                raise DriftError(
                    "API Gateway throttles its control plane: try again in a minute"
                ) from error
            raise DriftError(_line(error)) from error
        except BotoCoreError as error:
            raise DriftError(_line(error)) from error


def _parsed(export: bytes) -> dict[str, Any]:
    try:
        document = json.loads(export)
    except ValueError as error:
        raise DriftError("the export of the stage is not JSON") from error
    if not isinstance(document, dict) or not isinstance(document.get("paths"), dict):
        raise DriftError("the export of the stage is not an OpenAPI document")
    return document


def _line(error: Exception) -> str:
    return " ".join(str(error).split())


class DriftError(UserError):
    """The message is one line: what is wrong and how to fix it."""
