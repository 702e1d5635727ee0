"""API Gateway: REST APIs, their deployments and stages (AWS: API Gateway API Reference, v1)."""

from __future__ import annotations

import copy
import dataclasses
import json
from collections.abc import Callable, Mapping
from typing import Any

from drift.exported_api import exported
from drift.imported_api import API_ID
from support.aws_account.messages import AwsError
from support.aws_account.services.rest_apis import (
    EMPTY,
    Api,
    Deployment,
    described,
    imported_as,
    merged,
    with_id,
)

_PAGE = 25
_EXTENSIONS = "integrations,authorizers,apigateway"


class Gateway:
    """`warnings` are those of the imports of each document for which `is_warned_of` is true."""

    def __init__(self, made_id: Callable[[], str], now: Callable[[], int]) -> None:
        self._made_id, self._now = made_id, now
        self.apis: dict[str, Api] = {}
        self.keys: dict[str, dict[str, Any]] = {}
        self.plans: dict[str, dict[str, Any]] = {}
        self.keys_of_plans: dict[str, set[str]] = {}
        self.account: dict[str, Any] = {"throttleSettings": {"burstLimit": 5000, "rateLimit": 1e4}}
        self.warnings: list[str] = []
        self.is_warned_of: Callable[[Mapping[str, Any]], bool] = lambda document: True

    def create_rest_api(self, name: str, **_: Any) -> dict[str, Any]:
        made = Api(imported_as(EMPTY, self._made_id()), copy.deepcopy(EMPTY))
        made.rest.api["name"] = name
        self.apis[made.id] = made
        return made.rest.api

    def get_rest_api(self, rest_api_id: str) -> dict[str, Any]:
        return self._api(rest_api_id).rest.api

    def get_rest_apis(self, limit: str = "", position: str = "") -> dict[str, Any]:
        return _page([api.rest.api for api in self.apis.values()], limit, position)

    def update_rest_api(
        self, rest_api_id: str, patch_operations: list[dict[str, str]]
    ) -> dict[str, Any]:
        """AWS: patch-operations, those of an API that hold a text."""
        api = self._api(rest_api_id).rest.api
        for each in patch_operations:
            name = each["path"].removeprefix("/")
            if each["op"] != "replace" or name not in ("name", "description"):
                raise LookupError(f"UpdateRestApi: {each}")
            api[name] = each["value"]
        return api

    def delete_rest_api(self, rest_api_id: str) -> None:
        self._api(rest_api_id)
        del self.apis[rest_api_id]

    def put_rest_api(
        self,
        rest_api_id: str,
        body: bytes,
        mode: str = "merge",
        fail_on_warnings: bool = False,
        parameters: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """AWS: API_PutRestApi. An import with warnings is rolled back if they are to fail it."""
        del parameters
        api = self._api(rest_api_id)
        document = json.loads(body)
        warnings = list(self.warnings) if self.is_warned_of(document) else []
        if fail_on_warnings and warnings:
            text = "Warnings found during import:\n\t" + "\n\t".join(warnings)
            raise AwsError("BadRequestException", text)
        if mode == "merge":
            document = merged(api.document, document)
        kept = {
            name: value
            for name, value in api.rest.api.items()
            if name in ("createdDate", "endpointConfiguration", "rootResourceId", "tags", "policy")
        }
        api.document, api.rest = document, imported_as(document, rest_api_id)
        api.rest.api |= {**kept, "name": document["info"]["title"]}
        if warnings:
            api.rest.api["warnings"] = warnings
        api.imports.append(document)
        return api.rest.api

    def get_resources(
        self, rest_api_id: str, limit: str = "", position: str = "", embed: str = ""
    ) -> dict[str, Any]:
        resources = copy.deepcopy(self._api(rest_api_id).rest.resources)
        if embed != "methods":
            for resource in resources:
                methods = resource.get("resourceMethods", {})
                resource["resourceMethods"] = {name: {} for name in methods}
        return _page(resources, limit, position)

    def get_models(self, rest_api_id: str, limit: str = "", position: str = "") -> dict[str, Any]:
        return _page(self._api(rest_api_id).rest.models, limit, position)

    def get_request_validators(
        self, rest_api_id: str, limit: str = "", position: str = ""
    ) -> dict[str, Any]:
        return _page(self._api(rest_api_id).rest.validators, limit, position)

    def get_authorizers(
        self, rest_api_id: str, limit: str = "", position: str = ""
    ) -> dict[str, Any]:
        return _page(self._api(rest_api_id).rest.authorizers, limit, position)

    def get_gateway_responses(
        self, rest_api_id: str, limit: str = "", position: str = ""
    ) -> dict[str, Any]:
        return _page(self._api(rest_api_id).rest.gateway_responses, limit, position)

    def create_deployment(
        self, rest_api_id: str, stage_name: str = "", description: str = "", **_: Any
    ) -> dict[str, Any]:
        """AWS: API_CreateDeployment. With a stage, it is put on the deployment."""
        api = self._api(rest_api_id)
        made = Deployment(self._made_id(), self._now(), description, copy.deepcopy(api.rest))
        api.deployments[made.id] = made
        if stage_name in api.stages:
            api.stages[stage_name] |= {"deploymentId": made.id, "lastUpdatedDate": self._now()}
        elif stage_name:
            self.create_stage(rest_api_id, stage_name, made.id)
        return described(made)

    def get_deployments(
        self, rest_api_id: str, limit: str = "", position: str = ""
    ) -> dict[str, Any]:
        deployments = self._api(rest_api_id).deployments.values()
        return _page([described(each) for each in deployments], limit, position)

    def get_deployment(
        self, rest_api_id: str, deployment_id: str, embed: str = ""
    ) -> dict[str, Any]:
        assert not embed
        return described(self._deployment(rest_api_id, deployment_id))

    def update_deployment(
        self, rest_api_id: str, deployment_id: str, patch_operations: list[dict[str, str]]
    ) -> dict[str, Any]:
        """AWS: patch-operations; only the description of a deployment can be replaced."""
        changed = self._deployment(rest_api_id, deployment_id)
        for each in patch_operations:
            if (each["op"], each["path"]) != ("replace", "/description"):
                raise AwsError("BadRequestException", f"Invalid patch path {each['path']}")
            changed = dataclasses.replace(changed, description=each["value"])
        self._api(rest_api_id).deployments[deployment_id] = changed
        return described(changed)

    def delete_deployment(self, rest_api_id: str, deployment_id: str) -> None:
        """AWS: API_DeleteDeployment refuses one that a stage has."""
        self._deployment(rest_api_id, deployment_id)
        api = self._api(rest_api_id)
        if any(stage["deploymentId"] == deployment_id for stage in api.stages.values()):
            raise AwsError(
                "BadRequestException",
                "Active stages pointing to this deployment must be moved or deleted",
            )
        del api.deployments[deployment_id]

    def create_stage(
        self, rest_api_id: str, stage_name: str, deployment_id: str, **settings: Any
    ) -> dict[str, Any]:
        self._deployment(rest_api_id, deployment_id)
        stages = self._api(rest_api_id).stages
        if stage_name in stages:
            raise AwsError("ConflictException", "Stage already exists", 409)
        stages[stage_name] = {
            "stageName": stage_name,
            "deploymentId": deployment_id,
            "createdDate": self._now(),
            "lastUpdatedDate": self._now(),
            **settings,
        }
        return stages[stage_name]

    def get_stage(self, rest_api_id: str, stage_name: str) -> dict[str, Any]:
        found = self._api(rest_api_id).stages.get(stage_name)
        if found is None:
            raise AwsError("NotFoundException", "Invalid stage identifier specified", 404)
        return found

    def get_stages(self, rest_api_id: str, deployment_id: str = "") -> dict[str, Any]:
        stages = self._api(rest_api_id).stages.values()
        return {"item": [each for each in stages if deployment_id in ("", each["deploymentId"])]}

    def update_stage(
        self, rest_api_id: str, stage_name: str, patch_operations: list[dict[str, str]]
    ) -> dict[str, Any]:
        """AWS: patch-operations, those of a stage that a deployment or a rollback uses."""
        stage = dict(self.get_stage(rest_api_id, stage_name))
        for each in patch_operations:
            path, value = each["path"], each.get("value", "")
            if each["op"] == "replace" and path == "/deploymentId":
                self._deployment(rest_api_id, value)
                stage["deploymentId"] = value
            elif each["op"] == "replace" and path == "/description":
                stage["description"] = value
            elif each["op"] == "replace" and path.startswith("/variables/"):
                name = path.removeprefix("/variables/")
                stage["variables"] = {**stage.get("variables", {}), name: value}
            else:
                raise LookupError(f"UpdateStage: {each}")
        stage["lastUpdatedDate"] = self._now()
        self._api(rest_api_id).stages[stage_name] = stage
        return stage

    def delete_stage(self, rest_api_id: str, stage_name: str) -> None:
        self.get_stage(rest_api_id, stage_name)
        del self._api(rest_api_id).stages[stage_name]

    def get_export(
        self,
        rest_api_id: str,
        stage_name: str,
        export_type: str,
        parameters: Mapping[str, str] | None = None,
        accepts: str = "",
    ) -> bytes:
        asked = (export_type, (parameters or {}).get("extensions"), accepts)
        if asked != ("oas30", _EXTENSIONS, "application/json"):
            raise LookupError(f"GetExport: {asked}")
        self.get_stage(rest_api_id, stage_name)
        deployed = with_id(self._api(rest_api_id).served(stage_name), rest_api_id, API_ID)
        return json.dumps(exported(deployed, stage_name)).replace(API_ID, rest_api_id).encode()

    def get_account(self) -> dict[str, Any]:
        return self.account

    def get_api_key(self, api_key: str, include_value: bool = False) -> dict[str, Any]:
        found = self.keys.get(api_key)
        if found is None:
            raise AwsError("NotFoundException", "Invalid API Key identifier specified", 404)
        return {name: value for name, value in found.items() if name != "value" or include_value}

    def get_usage_plans(
        self, key_id: str = "", limit: str = "", position: str = ""
    ) -> dict[str, Any]:
        plans = [
            plan
            for identifier, plan in self.plans.items()
            if not key_id or key_id in self.keys_of_plans[identifier]
        ]
        return _page(plans, limit, position)

    def get_usage(self, usage_plan_id: str, **_: Any) -> dict[str, Any]:
        """Nobody has used a key yet."""
        return {"usagePlanId": usage_plan_id, "values": {}}

    def _api(self, identifier: str) -> Api:
        if identifier not in self.apis:
            message = f"Invalid API identifier specified 123456789012:{identifier}"
            raise AwsError("NotFoundException", message, 404)
        return self.apis[identifier]

    def _deployment(self, api: str, identifier: str) -> Deployment:
        found = self._api(api).deployments.get(identifier)
        if found is None:
            raise AwsError("NotFoundException", "Invalid Deployment identifier specified", 404)
        return found


def _page(items: list[dict[str, Any]], limit: str, position: str) -> dict[str, Any]:
    start, size = int(position or 0), int(limit or _PAGE)
    page: dict[str, Any] = {"item": copy.deepcopy(items[start : start + size])}
    if start + size < len(items):
        page["position"] = str(start + size)
    return page
