"""What a caller must be allowed for each request: pairs of an action and a resource.

AWS: Service Authorization Reference, the tables "Actions defined by" each service.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from support.aws_account.cloudformation.service import CloudFormation
from support.aws_account.messages import Request
from support.aws_account.protocols import operation_of
from support.aws_account.region import Region
from support.aws_account.services.docker_engine import Push

_S3 = {"HeadObject": "GetObject", "ListObjectsV2": "ListBucket"}
_PUSHES = (
    *("BatchCheckLayerAvailability", "CompleteLayerUpload", "InitiateLayerUpload"),
    *("PutImage", "UploadLayerPart"),
)
_TRANSFORM = "Serverless-2016-10-31"

Need = tuple[str, str]


def needs(request: Request, region: Region, stacks: CloudFormation) -> list[Need]:
    """Nothing for STS, which tells everybody who they are."""
    asked = request.parameters
    if request.service == "cloudformation":
        return list(_of_stack(request, region, stacks))
    if request.service == "s3":
        action = _S3.get(request.operation, request.operation)
        place = f"arn:aws:s3:::{asked['Bucket']}"
        return [(f"s3:{action}", f"{place}/{asked['Key']}" if "Key" in asked else place)]
    if request.service == "apigateway":
        http = operation_of(request).http
        path = re.sub(r"\{(\w+)\}", lambda found: _label(asked, found[1]), http["requestUri"])
        return [(f"apigateway:{http['method']}", f"arn:aws:apigateway:{region.name}::{path}")]
    if request.service == "lambda":
        name = str(asked["FunctionName"]).rpartition(":function:")[2].partition(":")[0]
        action = {"Invoke": "InvokeFunction"}.get(request.operation, request.operation)
        return [(f"lambda:{action}", region.arn("lambda", f"function:{name}"))]
    if request.service == "dynamodb":
        return [(str(request), region.arn("dynamodb", f"table/{asked['TableName']}"))]
    if request.service == "ecr" and "repositoryName" in asked:
        return [(str(request), region.arn("ecr", f"repository/{asked['repositoryName']}"))]
    if request.service in ("ecr", "cloudwatch"):
        return [(str(request), "*")]
    assert request.service == "sts", f"the permissions of {request} are not known here"
    return []


def needs_of_push(push: Push, region: Region) -> list[Need]:
    """AWS: image-push-iam."""
    name = push.repository.partition("/")[2]
    return [(f"ecr:{each}", region.arn("ecr", f"repository/{name}")) for each in _PUSHES]


def _of_stack(request: Request, region: Region, stacks: CloudFormation) -> Iterator[Need]:
    asked = request.parameters
    name = asked.get("StackName", "")
    stack = stacks.find(name) if name else None
    own = region.arn("cloudformation", f"stack/{name}/*")
    yield str(request), own if stack is None else stack.id
    if request.operation in ("CreateChangeSet", "CreateStack", "UpdateStack"):
        arn = f"arn:aws:cloudformation:{region.name}:aws:transform/{_TRANSFORM}"
        yield "cloudformation:CreateChangeSet", arn
        if "TemplateURL" in asked:
            place = asked["TemplateURL"].split("/", 3)[3]
            yield "s3:GetObject", f"arn:aws:s3:::{place}"
        if "RoleARN" in asked:
            yield "iam:PassRole", asked["RoleARN"]


def _label(asked: Any, wire: str) -> str:
    """The parameter of a path's label, as `restapi_id` is of restApiId."""
    wanted = wire.replace("_", "").lower()
    return next(str(value) for name, value in asked.items() if name.lower() == wanted)
