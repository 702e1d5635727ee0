"""The resources that requests or events could reach, and that the stage does not serve."""

from __future__ import annotations

from collections.abc import Mapping

from openapi_first.core.json_pointer import escaped
from openapi_first.templates.intrinsics.loops import LANGUAGE_EXTENSIONS
from openapi_first.templates.intrinsics.stack import Resource, Stack
from openapi_first.templates.sam.translation import SAM

_REASONS: Mapping[str, str] = {
    "AWS::ApiGateway::BasePathMapping": "custom domain names are not served",
    "AWS::ApiGateway::BasePathMappingV2": "custom domain names are not served",
    "AWS::ApiGateway::DomainName": "custom domain names are not served",
    "AWS::ApiGateway::DomainNameV2": "custom domain names are not served",
    "AWS::AppSync::GraphQLApi": "GraphQL APIs are not REST APIs",
    "AWS::CloudFormation::CustomResource": "no custom resource runs",
    "AWS::CloudFormation::Macro": "no macro runs",
    "AWS::CloudFormation::Stack": "serve the template of a nested stack by itself",
    "AWS::Lambda::EventSourceMapping": "no event source calls a function here",
    "AWS::Lambda::Url": "function URLs are not REST APIs",
    "AWS::SNS::Subscription": "no topic calls a function here",
    "AWS::Scheduler::Schedule": "no schedule calls a function here",
    "AWS::StepFunctions::StateMachine": "no state machine runs here",
    "AWS::WAFv2::WebACLAssociation": "no web ACL filters requests here",
}
_KNOWN_TRANSFORMS = (SAM, LANGUAGE_EXTENSIONS, "AWS::Include")


def note_unserved(stack: Stack) -> None:
    """A note for each, with its place; errors for what only a transform could understand."""
    for name, resources in stack.resources.items():
        reason = _REASONS.get(name, "no custom resource runs" if name[:8] == "Custom::" else "")
        for resource in resources:
            if name == "AWS::ApiGatewayV2::Api":
                _note(stack, resource, _of_version_2(stack, resource))
            elif name == "AWS::Events::Rule" and resource.written.get("Properties"):
                _note(stack, resource, "no event source calls a function here")
            elif reason:
                _note(stack, resource, reason)
            elif name.startswith("AWS::Serverless::"):
                stack.problems.report(
                    resource.pointer,
                    f"{resource.logical_id} ({name}) needs the SAM transform",
                    f"Write `Transform: {SAM}` at the root of the template.",
                )
    _note_macros(stack)


def _note_macros(stack: Stack) -> None:
    for logical_id in stack.scope.section("Resources"):
        if logical_id.startswith("Fn::"):
            pointer = f"/Resources/{escaped(logical_id)}"
            detail = f"{logical_id} needs the transform {LANGUAGE_EXTENSIONS}"
            remedy = f"Add {LANGUAGE_EXTENSIONS} to Transform, before SAM's."
            stack.problems.report(pointer, detail, remedy)
    transforms = stack.scope.template.get("Transform", [])
    for transform in transforms if isinstance(transforms, list) else [transforms]:
        name = transform.get("Name") if isinstance(transform, dict) else transform
        if name not in _KNOWN_TRANSFORMS:
            stack.problems.note("/Transform", f"the macro {name} does not run here")


def _of_version_2(stack: Stack, resource: Resource) -> str:
    protocol = stack.properties(resource).get("ProtocolType", "HTTP")
    kind = "WebSocket" if protocol == "WEBSOCKET" else "HTTP"
    return f"{kind} APIs are not REST APIs"


def _note(stack: Stack, resource: Resource, reason: str) -> None:
    detail = f"{resource.logical_id} ({resource.type}) is not served: {reason}"
    stack.problems.note(resource.pointer, detail)
