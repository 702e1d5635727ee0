"""What the stage does about each extension of API Gateway and each member of one.

Every key of `aws.extensions` and `aws.members` has a verdict here, so that none is ignored in
silence: it is acted on, or reported when a document has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from openapi_first.aws import extensions as ext
from openapi_first.aws.members import MEMBERS


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reported` is the sentence about a key without effect, None for one that is acted on. A value
    that is one of `unless` changes nothing on AWS either."""

    reported: str | None = None
    unless: tuple[object, ...] = ()
    by_upstream: bool = False
    """`--upstream` does what the key does on AWS."""


_CACHE = "nothing is cached here, so that every request reaches the integration"
_VPC_LINK = "no VPC link is used; --upstream URL=URL says where its endpoint is for this stage"
_ROLE = "no role is assumed; the stage calls the function or endpoint without it"
_CERTIFICATE = "certificates are verified as Python does, whatever this says"
_HTTP_API = "only HTTP APIs have it; it has no effect on a REST API"
_FORMAT = "a REST API has the format 1.0 and full responses; only HTTP APIs have others"

_WITHOUT_EFFECT: Mapping[str, Verdict] = {
    ext.CORS: Verdict(_HTTP_API),
    ext.DOCUMENTATION: Verdict("documentation parts are not imported; no request shows them"),
    ext.ENDPOINT_ACCESS_MODE: Verdict("who reaches the stage depends on --host only"),
    ext.IMPORTEXPORT_VERSION: Verdict(_HTTP_API),
    ext.INTEGRATIONS: Verdict("of HTTP APIs; here a $ref to one of them is followed"),
    ext.SECURITY_POLICY: Verdict("the stage speaks HTTP without TLS, so that this has no effect"),
    ext.TAG_VALUE: Verdict("tags are not imported; no request shows them"),
    f"{ext.AUTHORIZER}/authorizerCredentials": Verdict(_ROLE),
    f"{ext.AUTHORIZER}/authorizerPayloadFormatVersion": Verdict(_FORMAT, ("1.0", 1.0)),
    f"{ext.AUTHORIZER}/enableSimpleResponses": Verdict(_FORMAT, (False,)),
    f"{ext.ENDPOINT_CONFIGURATION}/disableExecuteApiEndpoint": Verdict(
        "the stage responds all the same, since it stands for the custom domain too", (False,)
    ),
    f"{ext.ENDPOINT_CONFIGURATION}/ipAddressType": Verdict("the stage listens where --host says"),
    f"{ext.INTEGRATION}/cacheKeyParameters": Verdict(_CACHE, ([],)),
    f"{ext.INTEGRATION}/cacheNamespace": Verdict(_CACHE),
    f"{ext.INTEGRATION}/connectionId": Verdict(_VPC_LINK, by_upstream=True),
    f"{ext.INTEGRATION}/connectionType": Verdict(_VPC_LINK, ("INTERNET",), by_upstream=True),
    f"{ext.INTEGRATION}/credentials": Verdict(_ROLE),
    f"{ext.INTEGRATION}/integrationTarget": Verdict(_VPC_LINK, by_upstream=True),
    f"{ext.INTEGRATION}/payloadFormatVersion": Verdict(_FORMAT, ("1.0", 1.0)),
    f"{ext.INTEGRATION}/tlsConfig/insecureSkipVerification": Verdict(_CERTIFICATE, (False,)),
    f"{ext.INTEGRATION}/tlsConfig/serverNameToVerify": Verdict(_CERTIFICATE),
}

_ACTED_ON = frozenset(
    {
        *(ext.ANY_METHOD, ext.API_KEY_SOURCE, ext.AUTH, ext.AUTHORIZER, ext.AUTHTYPE),
        *(ext.BINARY_MEDIA_TYPES, ext.ENDPOINT_CONFIGURATION, ext.GATEWAY_RESPONSES),
        *(ext.INTEGRATION, ext.MINIMUM_COMPRESSION_SIZE, ext.POLICY),
        *(ext.REQUEST_VALIDATOR, ext.REQUEST_VALIDATORS),
        f"{ext.AUTH}/type",
        *(f"{ext.AUTHORIZER}/{name}" for name in ("type", "authorizerUri", "identitySource")),
        f"{ext.AUTHORIZER}/identityValidationExpression",
        f"{ext.AUTHORIZER}/authorizerResultTtlInSeconds",
        *(f"{ext.AUTHORIZER}/{name}" for name in ("jwtConfiguration", "providerARNs")),
        *(
            f"{ext.AUTHORIZER}/jwtConfiguration/{name}"
            for name in ("issuer", "audience", "issuers", "defaultAlgorithms")
        ),
        *(f"{ext.ENDPOINT_CONFIGURATION}/{name}" for name in ("vpcEndpointIds", "types")),
        *(
            f"{ext.GATEWAY_RESPONSES}/*/{name}"
            for name in ("statusCode", "responseParameters", "responseTemplates")
        ),
        *(
            f"{ext.INTEGRATION}/{name}"
            for name in (
                *("type", "uri", "httpMethod", "passthroughBehavior", "contentHandling"),
                *("responseTransferMode", "requestParameters", "requestTemplates", "responses"),
                *("timeoutInMillis", "integrationSubtype", "tlsConfig"),
            )
        ),
        *(
            f"{ext.INTEGRATION}/responses/*/{name}"
            for name in ("statusCode", "responseParameters", "responseTemplates", "contentHandling")
        ),
        *(
            f"{ext.REQUEST_VALIDATORS}/*/{name}"
            for name in ("validateRequestBody", "validateRequestParameters")
        ),
    }
)

VERDICTS: Mapping[str, Verdict] = {**dict.fromkeys(_ACTED_ON, Verdict()), **_WITHOUT_EFFECT}
"""By the extension and the place of a member in it, as in `aws.members`."""

KEYS = frozenset(
    {*ext.EXTENSIONS, *(f"{place}/{name}" for place in MEMBERS for name in MEMBERS[place])}
)
"""Everything that needs a verdict."""


@dataclass(frozen=True, slots=True)
class ByType:
    """`reported` is the sentence about a member that has no effect in an integration of one of the
    `types`; a value that is one of `unless` changes nothing on AWS either."""

    types: tuple[str, ...]
    reported: str
    unless: tuple[object, ...] = ()

    def concerns(self, kind: str, value: object) -> bool:
        return kind in self.types and bool(value) and value not in self.unless


WITHOUT_EFFECT_BY_TYPE: Mapping[str, ByType] = {
    f"{ext.INTEGRATION}/contentHandling": ByType(
        ("aws_proxy",),
        "the function gets and returns bodies as binaryMediaTypes says; nothing is converted",
        # The console writes it: binary bodies are Base64 in the event with and without it.
        ("CONVERT_TO_TEXT",),
    ),
    f"{ext.INTEGRATION}/requestParameters": ByType(
        ("mock",), "a mock sends no request, so that nothing is mapped"
    ),
}
"""Members of an integration that are acted on, but not by all types."""
