"""The resource policy and the endpoint of an import document.

AWS: openapi-extensions-policy, api-gateway-swagger-extensions-endpoint-configuration,
apigateway-private-apis.
"""

from __future__ import annotations

from collections.abc import Iterator

from openapi_first.aws.extensions import ENDPOINT_CONFIGURATION, POLICY
from openapi_first.stage.api.nodes import Node
from openapi_first.stage.policies.policy import Policy, read_policy

_PRIVATE = "PRIVATE"


def read_resource_policy(root: Node) -> Policy | None:
    """The policy, read once; what AWS refuses in it is a problem of the document."""
    node = root.get(POLICY)
    if node.value is None:
        return None
    return read_policy(
        node.value, lambda below, message: node.problems.add(node.pointer + below, message)
    )


def is_private(root: Node, warnings: list[str]) -> bool:
    """Whether only VPC endpoints reach the API: its type says so, or it names VPC endpoints."""
    for node in _endpoints(root):
        types = {str(each.value).upper() for each in node.get("types").elements()}
        if _PRIVATE not in types and not list(node.get("vpcEndpointIds").elements()):
            continue
        if not root.has(POLICY):
            warnings.append(f"#{node.pointer}: AWS does not deploy a private API without {POLICY}")
        return True
    return False


def _endpoints(root: Node) -> Iterator[Node]:
    """At the root of Swagger 2.0, in `servers` of OpenAPI 3."""
    for place in (root, *root.get("servers").elements()):
        if place.has(ENDPOINT_CONFIGURATION):
            yield place.get(ENDPOINT_CONFIGURATION)
