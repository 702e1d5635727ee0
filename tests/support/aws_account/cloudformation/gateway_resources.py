"""The resources of API Gateway, by the calls that CloudFormation makes for them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from support.aws_account.cloudformation.kind import Kind, Made, Properties
from support.aws_account.region import Region


class RestApi(Kind):
    """An update imports the document again: PutRestApi with the template's Mode and FailOnWarnings.

    AWS: aws-resource-apigateway-restapi.
    """

    def identified(self, region: Region, properties: Properties) -> dict[str, str]:
        made = region.gateway.create_rest_api(str(properties.get("Name", "")))
        self._imported(region, str(made["id"]), properties)
        return {"id": str(made["id"])}

    def attributes(self, values: Mapping[str, str]) -> dict[str, Any]:
        return {"RestApiId": values["id"], "RootResourceId": "r0"}

    def update(self, region: Region, made: Made, properties: Properties) -> None:
        self._imported(region, made.physical_id, properties)

    def delete(self, region: Region, made: Made) -> None:
        region.gateway.apis.pop(made.physical_id, None)

    def _imported(self, region: Region, identifier: str, properties: Properties) -> None:
        body = properties.get("Body")
        place = properties.get("BodyS3Location")
        if place is not None:
            body = region.storage.object(str(place["Bucket"]), str(place["Key"]))
        elif body is not None:
            body = json.dumps(body).encode()
        if body is not None:
            region.gateway.put_rest_api(
                identifier,
                body,
                str(properties.get("Mode", "overwrite")),
                str(properties.get("FailOnWarnings", False)).lower() == "true",
            )
        api = region.gateway.get_rest_api(identifier)
        if "Name" in properties:
            api["name"] = properties["Name"]
        endpoint = properties.get("EndpointConfiguration", {})
        if "Types" in endpoint:
            api["endpointConfiguration"] = {"types": endpoint["Types"], "ipAddressType": "ipv4"}
        disabled = properties.get("DisableExecuteApiEndpoint", False)
        api["disableExecuteApiEndpoint"] = str(disabled).lower() == "true"


class Deployment(Kind):
    """AWS: aws-resource-apigateway-deployment. A snapshot, which only another logical id renews."""

    replaces = frozenset({"RestApiId", "StageName", "DeploymentCanarySettings"})

    def identified(self, region: Region, properties: Properties) -> dict[str, str]:
        made = region.gateway.create_deployment(
            str(properties["RestApiId"]), description=str(properties.get("Description", ""))
        )
        return {"id": str(made["id"])}

    def delete(self, region: Region, made: Made) -> None:
        api = region.gateway.apis.get(str(made.properties["RestApiId"]))
        if api is not None and made.physical_id in api.deployments:
            region.gateway.delete_deployment(api.id, made.physical_id)


class Stage(Kind):
    replaces = frozenset({"RestApiId", "StageName"})

    def create(self, region: Region, name: str, properties: Properties) -> None:
        region.gateway.create_stage(
            str(properties["RestApiId"]),
            name,
            str(properties["DeploymentId"]),
            **_settings(properties),
        )

    def update(self, region: Region, made: Made, properties: Properties) -> None:
        api, deployment = str(properties["RestApiId"]), str(properties["DeploymentId"])
        operation = {"op": "replace", "path": "/deploymentId", "value": deployment}
        stage = region.gateway.update_stage(api, made.name, [operation])
        stage |= _settings(properties)

    def delete(self, region: Region, made: Made) -> None:
        api = region.gateway.apis.get(str(made.properties["RestApiId"]))
        if api is not None and made.name in api.stages:
            region.gateway.delete_stage(api.id, made.name)


class ApiKey(Kind):
    replaces = frozenset({"Name", "Value", "CustomerId", "GenerateDistinctId"})

    def identified(self, region: Region, properties: Properties) -> dict[str, str]:
        identifier = region.made_id()
        region.gateway.keys[identifier] = {
            "id": identifier,
            "name": str(properties.get("Name", identifier)),
            "enabled": bool(properties.get("Enabled", False)),
            "value": str(properties.get("Value") or region.made_id(20) + region.made_id(20)),
        }
        return {"id": identifier}

    def delete(self, region: Region, made: Made) -> None:
        region.gateway.keys.pop(made.physical_id, None)


class UsagePlan(Kind):
    def identified(self, region: Region, properties: Properties) -> dict[str, str]:
        identifier = region.made_id()
        region.gateway.keys_of_plans[identifier] = set()
        region.gateway.plans[identifier] = {"id": identifier, **_plan(properties)}
        return {"id": identifier}

    def update(self, region: Region, made: Made, properties: Properties) -> None:
        region.gateway.plans[made.physical_id] |= _plan(properties)

    def delete(self, region: Region, made: Made) -> None:
        region.gateway.plans.pop(made.physical_id, None)


class UsagePlanKey(Kind):
    replaces = frozenset({"KeyId", "KeyType", "UsagePlanId"})

    def create(self, region: Region, name: str, properties: Properties) -> None:
        del name
        keys = region.gateway.keys_of_plans[str(properties["UsagePlanId"])]
        keys.add(str(properties["KeyId"]))

    def delete(self, region: Region, made: Made) -> None:
        keys = region.gateway.keys_of_plans[str(made.properties["UsagePlanId"])]
        keys.discard(str(made.properties["KeyId"]))


class Account(Kind):
    """The role stays at the account when the resource is deleted (AWS:
    aws-resource-apigateway-account has no previous value to go back to)."""

    def create(self, region: Region, name: str, properties: Properties) -> None:
        region.gateway.account["cloudwatchRoleArn"] = properties.get("CloudWatchRoleArn")

    def update(self, region: Region, made: Made, properties: Properties) -> None:
        self.create(region, made.name, properties)


def _plan(properties: Properties) -> dict[str, Any]:
    """The plan as GetUsagePlans returns it."""
    throttle, quota = properties.get("Throttle", {}), properties.get("Quota", {})
    return {
        "apiStages": [
            {"apiId": each["ApiId"], "stage": each["Stage"]}
            for each in properties.get("ApiStages", [])
        ],
        "throttle": {
            "rateLimit": float(throttle["RateLimit"]),
            "burstLimit": int(throttle["BurstLimit"]),
        },
        **({"quota": {"limit": int(quota["Limit"]), "period": quota["Period"]}} if quota else {}),
    }


def _settings(properties: Properties) -> dict[str, Any]:
    """The settings as GetStage returns them."""
    found: dict[str, Any] = {
        "variables": properties.get("Variables", {}),
        "tracingEnabled": properties.get("TracingEnabled", False),
    }
    methods = {
        f"{each['ResourcePath'].lstrip('/')}/{each['HttpMethod']}": {
            key[0].lower() + key[1:]: value
            for key, value in each.items()
            if key not in ("ResourcePath", "HttpMethod")
        }
        for each in properties.get("MethodSettings", [])
    }
    if "AccessLogSetting" in properties:
        log = properties["AccessLogSetting"]
        found["accessLogSettings"] = {
            "destinationArn": log["DestinationArn"],
            "format": log["Format"],
        }
    return {**found, "methodSettings": methods}


KINDS: Mapping[str, Kind] = {
    "AWS::ApiGateway::Account": Account(),
    "AWS::ApiGateway::ApiKey": ApiKey(),
    "AWS::ApiGateway::Deployment": Deployment(),
    "AWS::ApiGateway::RestApi": RestApi(),
    "AWS::ApiGateway::Stage": Stage(),
    "AWS::ApiGateway::UsagePlan": UsagePlan(),
    "AWS::ApiGateway::UsagePlanKey": UsagePlanKey(),
}
