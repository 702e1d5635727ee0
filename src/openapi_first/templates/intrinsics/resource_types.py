"""What CloudFormation returns for a resource: its physical name, its `Ref` and its attributes.

AWS: the "Return values" of each page of the template reference. `{name}` is the physical name,
`{id}` and `{short}` are made from the logical ID; nothing here depends on a deployment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

_ARN = "arn:{partition}:"
_HERE = "{region}:{account}:"


@dataclass(frozen=True, slots=True)
class ResourceType:
    """`named_by` is the property that has the physical name, if the template gives it."""

    named_by: str = ""
    ref: str = "{name}"
    arn: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    is_lower: bool = False
    lists: Mapping[str, str] = field(default_factory=dict)
    """The attributes that are lists, each with the only element that it has here."""


_TABLE_ARN = _ARN + "dynamodb:" + _HERE + "table/{name}"
_TABLE = ResourceType(
    "TableName",
    arn=_TABLE_ARN,
    attributes={"StreamArn": _TABLE_ARN + "/stream/2020-01-01T00:00:00.000", "TableId": "{id}"},
)
_QUEUE_URL = "https://sqs.{region}.{suffix}/{account}/{name}"
_TOPIC_ARN = _ARN + "sns:" + _HERE + "{name}"
_FUNCTION_ARN = _ARN + "lambda:" + _HERE + "function:{name}"
_LAYER_ARN = _ARN + "lambda:" + _HERE + "layer:{name}:1"
_MACHINE_ARN = _ARN + "states:" + _HERE + "stateMachine:{name}"
_SECRET_ARN = _ARN + "secretsmanager:" + _HERE + "secret:{name}-{short}"
_POOL = "{region}_{short}"
_POOL_PROVIDER = "cognito-idp.{region}.{suffix}/" + _POOL
_ID = ResourceType(ref="{id}")

RESOURCE_TYPES: Mapping[str, ResourceType] = {
    "AWS::ApiGateway::ApiKey": ResourceType(ref="{id}", attributes={"APIKeyId": "{id}"}),
    "AWS::ApiGateway::Authorizer": ResourceType(ref="{id}", attributes={"AuthorizerId": "{id}"}),
    "AWS::ApiGateway::Deployment": ResourceType(ref="{id}", attributes={"DeploymentId": "{id}"}),
    "AWS::ApiGateway::GatewayResponse": _ID,
    "AWS::ApiGateway::Method": _ID,
    "AWS::ApiGateway::Model": ResourceType("Name"),
    "AWS::ApiGateway::RequestValidator": ResourceType(
        ref="{id}", attributes={"RequestValidatorId": "{id}"}
    ),
    "AWS::ApiGateway::Resource": ResourceType(ref="{id}", attributes={"ResourceId": "{id}"}),
    "AWS::ApiGateway::RestApi": ResourceType(
        ref="{id}", attributes={"RestApiId": "{id}", "RootResourceId": "{id}-root"}
    ),
    "AWS::ApiGateway::Stage": ResourceType("StageName"),
    "AWS::ApiGateway::UsagePlan": ResourceType(ref="{id}", attributes={"Id": "{id}"}),
    "AWS::ApiGateway::UsagePlanKey": _ID,
    "AWS::ApiGateway::VpcLink": ResourceType(ref="{id}", attributes={"VpcLinkId": "{id}"}),
    "AWS::ApiGatewayV2::Api": ResourceType(
        ref="{id}",
        attributes={
            "ApiEndpoint": "https://{id}.execute-api.{region}.{suffix}",
            "ApiId": "{id}",
        },
    ),
    "AWS::Cognito::IdentityPool": ResourceType(ref="{region}:{id}"),
    "AWS::Cognito::UserPool": ResourceType(
        ref=_POOL,
        arn=_ARN + "cognito-idp:" + _HERE + "userpool/" + _POOL,
        attributes={
            "ProviderName": _POOL_PROVIDER,
            "ProviderURL": "https://" + _POOL_PROVIDER,
            "UserPoolId": _POOL,
        },
    ),
    "AWS::Cognito::UserPoolClient": ResourceType(ref="{id}", attributes={"ClientId": "{id}"}),
    "AWS::DynamoDB::GlobalTable": _TABLE,
    "AWS::DynamoDB::Table": _TABLE,
    "AWS::EC2::SecurityGroup": ResourceType(ref="sg-{id}", attributes={"GroupId": "sg-{id}"}),
    "AWS::EC2::Subnet": ResourceType(ref="subnet-{id}", attributes={"SubnetId": "subnet-{id}"}),
    "AWS::EC2::VPC": ResourceType(ref="vpc-{id}", attributes={"VpcId": "vpc-{id}"}),
    "AWS::EC2::VPCEndpoint": ResourceType(
        ref="vpce-{id}",
        attributes={"Id": "vpce-{id}"},
        lists={"DnsEntries": "Z{short}:vpce-{id}.vpce.{suffix}", "NetworkInterfaceIds": "eni-{id}"},
    ),
    "AWS::ECR::Repository": ResourceType(
        "RepositoryName",
        arn=_ARN + "ecr:" + _HERE + "repository/{name}",
        attributes={"RepositoryUri": "{account}.dkr.ecr.{region}.{suffix}/{name}"},
        is_lower=True,
    ),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ResourceType(
        "Name",
        _ARN + "elasticloadbalancing:" + _HERE + "loadbalancer/net/{name}/{id}",
        attributes={"DNSName": "{name}-{id}.elb.{region}.{suffix}", "LoadBalancerName": "{name}"},
    ),
    "AWS::Events::EventBus": ResourceType(
        "Name", arn=_ARN + "events:" + _HERE + "event-bus/{name}", attributes={"Name": "{name}"}
    ),
    "AWS::Events::Rule": ResourceType("Name", arn=_ARN + "events:" + _HERE + "rule/{name}"),
    "AWS::IAM::ManagedPolicy": ResourceType(
        "ManagedPolicyName", ref=_ARN + "iam::{account}:policy/{name}"
    ),
    "AWS::IAM::Role": ResourceType(
        "RoleName", arn=_ARN + "iam::{account}:role/{name}", attributes={"RoleId": "AROA{id}"}
    ),
    "AWS::IAM::User": ResourceType("UserName", arn=_ARN + "iam::{account}:user/{name}"),
    "AWS::KMS::Key": ResourceType(
        ref="{id}", arn=_ARN + "kms:" + _HERE + "key/{id}", attributes={"KeyId": "{id}"}
    ),
    "AWS::Kinesis::Stream": ResourceType("Name", arn=_ARN + "kinesis:" + _HERE + "stream/{name}"),
    "AWS::Lambda::Alias": ResourceType(ref=_FUNCTION_ARN),
    "AWS::Lambda::Function": ResourceType("FunctionName", arn=_FUNCTION_ARN),
    "AWS::Lambda::LayerVersion": ResourceType("LayerName", _LAYER_ARN, _LAYER_ARN),
    "AWS::Lambda::Permission": _ID,
    "AWS::Lambda::Version": ResourceType(ref=_FUNCTION_ARN, attributes={"Version": "1"}),
    "AWS::Logs::LogGroup": ResourceType(
        "LogGroupName", arn=_ARN + "logs:" + _HERE + "log-group:{name}:*"
    ),
    "AWS::S3::Bucket": ResourceType(
        "BucketName",
        arn=_ARN + "s3:::{name}",
        attributes={
            "DomainName": "{name}.s3.{suffix}",
            "RegionalDomainName": "{name}.s3.{region}.{suffix}",
            "WebsiteURL": "http://{name}.s3-website-{region}.{suffix}",
        },
        is_lower=True,
    ),
    "AWS::SNS::Topic": ResourceType(
        "TopicName",
        _TOPIC_ARN,
        _TOPIC_ARN,
        {"TopicArn": _TOPIC_ARN, "TopicName": "{name}"},
    ),
    "AWS::SQS::Queue": ResourceType(
        "QueueName",
        _QUEUE_URL,
        _ARN + "sqs:" + _HERE + "{name}",
        {"QueueName": "{name}", "QueueUrl": _QUEUE_URL},
    ),
    "AWS::SSM::Parameter": ResourceType("Name"),
    "AWS::SecretsManager::Secret": ResourceType(
        "Name", _SECRET_ARN, _SECRET_ARN, {"Id": _SECRET_ARN}
    ),
    "AWS::StepFunctions::StateMachine": ResourceType(
        "StateMachineName", _MACHINE_ARN, _MACHINE_ARN, {"Name": "{name}"}
    ),
}
"""The types that functions and REST APIs usually refer to."""
