"""What CloudFormation does for each type of resource: create, update, delete.

Ref and attributes are those of the template reference, by the engine's table of types. A type that
is not listed is made without an effect; its properties are kept.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from openapi_first.templates.intrinsics.resource_types import RESOURCE_TYPES, ResourceType
from support.aws_account.cloudformation import gateway_resources
from support.aws_account.cloudformation.kind import Kind, Made, Properties
from support.aws_account.messages import AwsError
from support.aws_account.region import Region
from support.aws_account.services.functions import Function as LambdaFunction
from support.aws_account.services.observed import Table as DynamoTable


class Table(Kind):
    replaces = frozenset({"TableName", "KeySchema", "ImportSourceSpecification"})
    imported_by = "TableName"

    def create(self, region: Region, name: str, properties: Properties) -> None:
        if name in region.tables.tables:
            raise AwsError("AlreadyExists", f"{name} already exists")
        region.tables.tables[name] = DynamoTable(name, dict(properties))

    def update(self, region: Region, made: Made, properties: Properties) -> None:
        region.tables.tables[made.name].settings = dict(properties)

    def delete(self, region: Region, made: Made) -> None:
        if made.name in region.tables.tables:
            region.tables.delete_table(made.name)

    def exists(self, region: Region, name: str) -> bool:
        return name in region.tables.tables


class Function(Kind):
    replaces = frozenset({"FunctionName", "PackageType"})

    def create(self, region: Region, name: str, properties: Properties) -> None:
        region.functions.functions[name] = LambdaFunction(name, _configuration(properties))

    def update(self, region: Region, made: Made, properties: Properties) -> None:
        region.functions.functions[made.name].configuration = _configuration(properties)

    def delete(self, region: Region, made: Made) -> None:
        region.functions.functions.pop(made.name, None)


class Version(Kind):
    """AWS: a version cannot be changed; each property replaces it."""

    replaces = frozenset(
        {"FunctionName", "Description", "CodeSha256", "ProvisionedConcurrencyConfig"}
    )

    def identified(self, region: Region, properties: Properties) -> dict[str, str]:
        function = str(properties["FunctionName"])
        settings = {"Description": properties.get("Description", "")}
        version = region.functions.published_version(function, settings)
        return {"name": f"{function}:{version}", "version": version}

    def attributes(self, values: Mapping[str, str]) -> dict[str, Any]:
        return {"Version": values["version"]}

    def delete(self, region: Region, made: Made) -> None:
        function, _, version = made.name.rpartition(":")
        if function in region.functions.functions:
            region.functions.functions[function].versions.pop(version, None)


class Alias(Kind):
    """Traffic moves by CodeDeploy, which does not begin while an alarm of the group rings (AWS:
    monitoring-create-alarms)."""

    replaces = frozenset({"FunctionName", "Name"})

    def identified(self, region: Region, properties: Properties) -> dict[str, str]:
        return {"name": f"{properties['FunctionName']}:{properties['Name']}"}

    def create(self, region: Region, name: str, properties: Properties) -> None:
        function = region.functions.functions[str(properties["FunctionName"])]
        function.aliases[str(properties["Name"])] = str(properties["FunctionVersion"])

    def update(self, region: Region, made: Made, properties: Properties) -> None:
        ringing = [
            name
            for names in region.alarms_of_groups.values()
            for name in names
            if region.alarms.states.get(name) == "ALARM"
        ]
        if ringing:
            message = f"One or more alarms have been activated: {', '.join(ringing)}"
            raise AwsError("DeploymentStopped", message)
        self.create(region, made.name, properties)


class DeploymentGroup(Kind):
    def create(self, region: Region, name: str, properties: Properties) -> None:
        alarms = properties.get("AlarmConfiguration", {}).get("Alarms", [])
        region.alarms_of_groups[name] = [str(each["Name"]) for each in alarms]

    def update(self, region: Region, made: Made, properties: Properties) -> None:
        self.create(region, made.name, properties)

    def delete(self, region: Region, made: Made) -> None:
        region.alarms_of_groups.pop(made.name, None)


class Alarm(Kind):
    replaces = frozenset({"AlarmName"})

    def create(self, region: Region, name: str, properties: Properties) -> None:
        region.alarms.alarms[name] = dict(properties)

    def update(self, region: Region, made: Made, properties: Properties) -> None:
        self.create(region, made.name, properties)

    def delete(self, region: Region, made: Made) -> None:
        region.alarms.alarms.pop(made.name, None)


class Bucket(Kind):
    replaces = frozenset({"BucketName"})

    def create(self, region: Region, name: str, properties: Properties) -> None:
        region.storage.buckets[name] = {}

    def delete(self, region: Region, made: Made) -> None:
        if region.storage.buckets.get(made.name):
            raise AwsError("BucketNotEmpty", "The bucket you tried to delete is not empty")
        region.storage.buckets.pop(made.name, None)


class Repository(Kind):
    replaces = frozenset({"RepositoryName"})

    def create(self, region: Region, name: str, properties: Properties) -> None:
        if name in region.registry.images:
            raise AwsError("AlreadyExists", f"{name} already exists")
        region.registry.images[name] = {}

    def delete(self, region: Region, made: Made) -> None:
        if made.name in region.registry.images:
            region.registry.delete_repository(made.name)


KINDS: Mapping[str, Kind] = {
    "AWS::CloudWatch::Alarm": Alarm(),
    "AWS::CodeDeploy::DeploymentGroup": DeploymentGroup(),
    "AWS::DynamoDB::Table": Table(),
    "AWS::ECR::Repository": Repository(),
    "AWS::Lambda::Alias": Alias(),
    "AWS::Lambda::Function": Function(),
    "AWS::Lambda::Version": Version(),
    "AWS::S3::Bucket": Bucket(),
    **gateway_resources.KINDS,
}
_OTHER = Kind()
_NAMED = {
    "AWS::CloudWatch::Alarm": ResourceType(
        "AlarmName", arn="arn:{partition}:cloudwatch:{region}:{account}:alarm:{name}"
    ),
    "AWS::CloudWatch::Dashboard": ResourceType("DashboardName"),
    "AWS::CodeDeploy::DeploymentGroup": ResourceType("DeploymentGroupName"),
}


def created(
    region: Region,
    stack: str,
    logical_id: str,
    written: Mapping[str, Any],
    properties: Properties,
    existing: str = "",
) -> Made:
    """Makes the resource, or takes up an existing one by its name. Raises AwsError."""
    kind, type_name = KINDS.get(written["Type"], _OTHER), str(written["Type"])
    described = _NAMED.get(type_name) or RESOURCE_TYPES.get(type_name) or ResourceType()
    suffix = region.made_id(12).upper()
    name = existing or str(properties.get(described.named_by) or f"{stack}-{logical_id}-{suffix}")
    if existing and not kind.exists(region, existing):
        raise AwsError("NotFound", f"{type_name} {existing} was not found")
    values = {
        "partition": "aws",
        "region": region.name,
        "account": region.account,
        "suffix": "amazonaws.com",
        "id": region.made_id(),
        "short": region.made_id(6),
        "name": name.lower() if described.is_lower else name,
        **({} if existing else kind.identified(region, properties)),
    }
    if not existing:
        kind.create(region, values["name"], properties)
    arn = described.arn or "arn:{partition}:" + type_name.split("::")[1].lower() + (
        ":{region}:{account}:{name}"
    )
    attributes: dict[str, Any] = {
        **{key: each.format_map(values) for key, each in described.attributes.items()},
        **{key: [each.format_map(values)] for key, each in described.lists.items()},
        "Arn": arn.format_map(values),
        **kind.attributes(values),
    }
    return Made(
        logical_id,
        type_name,
        values["name"],
        described.ref.format_map(values),
        attributes,
        properties,
        written,
    )


def updated(region: Region, made: Made, written: Mapping[str, Any], properties: Properties) -> Made:
    """Calls the resource's update, which the caller does only if a property has changed."""
    KINDS.get(made.type, _OTHER).update(region, made, properties)
    return dataclasses.replace(made, properties=properties, written=written)


def deleted(region: Region, made: Made) -> None:
    KINDS.get(made.type, _OTHER).delete(region, made)


def is_replaced(made: Made, written: Mapping[str, Any], properties: Properties) -> bool:
    """Whether the new properties need another resource (AWS: update-behaviors)."""
    if made.type != written["Type"]:
        return True
    names = KINDS.get(made.type, _OTHER).replaces
    return any(made.properties.get(name) != properties.get(name) for name in names)


def imported_by(type_name: str) -> str:
    """The property that identifies an existing resource for an import."""
    return KINDS.get(type_name, _OTHER).imported_by


def _configuration(properties: Properties) -> dict[str, Any]:
    found = {key: value for key, value in properties.items() if key != "Code"}
    return {**found, "ImageUri": properties.get("Code", {}).get("ImageUri")}
