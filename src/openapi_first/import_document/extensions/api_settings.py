"""The settings of an API that differ by stage, as extensions of its import document.

An import in the mode `overwrite` resets everything that the document lacks, even what a template
has as a property of the API (AWS: api-gateway-import-api-update). So the document has these, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from openapi_first.aws import extensions
from openapi_first.aws.endpoints import ACCESS_MODES
from openapi_first.documents.errors import Diagnostic
from openapi_first.documents.node import Node
from openapi_first.openapi.model import Contract

_SERVERS = "servers"
_URL = "/"


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """What is left open is left to the contract and to API Gateway.

    `minimum_compression_size` is in bytes. `vpc_endpoints` are the ids of those that may call a
    private API; it has a resource policy then that denies everybody else. Without
    `has_default_url` clients need a custom domain name.
    """

    security_policy: str = ""
    access_mode: str = ACCESS_MODES[0]
    minimum_compression_size: int | None = None
    vpc_endpoints: tuple[str, ...] = ()
    has_default_url: bool = True

    @property
    def root(self) -> Mapping[str, Any]:
        """The extensions of the root of the document."""
        found: dict[str, Any] = {}
        if self.security_policy:
            found[extensions.SECURITY_POLICY] = self.security_policy
            found[extensions.ENDPOINT_ACCESS_MODE] = self.access_mode
        if self.minimum_compression_size is not None:
            found[extensions.MINIMUM_COMPRESSION_SIZE] = self.minimum_compression_size
        if self.vpc_endpoints:
            found[extensions.POLICY] = _only_from(self.vpc_endpoints)
        return found

    @property
    def endpoint(self) -> Mapping[str, Any]:
        """The members of the extension of a server."""
        found: dict[str, Any] = {}
        if self.vpc_endpoints:
            found["vpcEndpointIds"] = list(self.vpc_endpoints)
        if not self.has_default_url:
            found["disableExecuteApiEndpoint"] = True
        return found


def contradictions(contract: Contract, settings: ApiSettings) -> Iterator[Diagnostic]:
    """The contract's own extensions that say something else than the settings."""
    for key, value in settings.root.items():
        written = contract.root.get(key)
        if written is not None and written.value != value:
            yield _contradiction(written, key, value)
    servers = contract.root.get(_SERVERS)
    for server in servers.elements() if servers is not None and settings.endpoint else ():
        written = server.get(extensions.ENDPOINT_CONFIGURATION)
        if written is not None and written.value != settings.endpoint:
            yield _contradiction(written, extensions.ENDPOINT_CONFIGURATION, settings.endpoint)


def add_api_settings(document: dict[str, Any], settings: ApiSettings) -> None:
    """For a document whose contract has no `contradictions`."""
    document.update(settings.root)
    if not settings.endpoint:
        return
    servers = document.setdefault(_SERVERS, [])
    if not any(extensions.ENDPOINT_CONFIGURATION in each for each in servers):
        extension = {extensions.ENDPOINT_CONFIGURATION: dict(settings.endpoint)}
        servers.append({"url": _URL, **extension})


def _contradiction(written: Node, key: str, value: Any) -> Diagnostic:
    return written.diagnostic(
        f"{key} is not what the options ask for: {value!r}",
        "Remove it from the contract, or leave out the option.",
    )


def _only_from(vpc_endpoints: tuple[str, ...]) -> dict[str, Any]:
    """AWS: apigateway-resource-policies-examples. An import completes the short ARN."""
    everybody = {"Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}
    others = {"StringNotEquals": {"aws:SourceVpce": list(vpc_endpoints)}}
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", **everybody},
            {"Effect": "Deny", **everybody, "Condition": others},
        ],
    }
