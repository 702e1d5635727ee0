"""The members of the extensions that are objects (AWS: api-gateway-swagger-extensions and its child
pages, API_CreateAuthorizer).

`*` stands for a name that the document chooses. Objects that are not here have such names only, or
do not concern requests.
"""

from __future__ import annotations

from collections.abc import Mapping

from openapi_first.aws import methods
from openapi_first.aws.extensions import (
    AUTH,
    AUTHORIZER,
    ENDPOINT_CONFIGURATION,
    GATEWAY_RESPONSES,
    INTEGRATION,
    REQUEST_VALIDATORS,
)

MEMBERS: Mapping[str, tuple[str, ...]] = {
    AUTH: ("type",),
    AUTHORIZER: (
        *("type", "authorizerUri", "authorizerCredentials", "authorizerPayloadFormatVersion"),
        *("enableSimpleResponses", "identitySource", "identityValidationExpression"),
        *("authorizerResultTtlInSeconds", "jwtConfiguration", "providerARNs"),
    ),
    f"{AUTHORIZER}/jwtConfiguration": ("issuer", "audience", "issuers", "defaultAlgorithms"),
    ENDPOINT_CONFIGURATION: (
        *("vpcEndpointIds", "types", "disableExecuteApiEndpoint", "ipAddressType"),
    ),
    f"{GATEWAY_RESPONSES}/*": ("statusCode", "responseParameters", "responseTemplates"),
    INTEGRATION: (
        *methods.INTEGRATION_STRINGS,
        *methods.INTEGRATION_OBJECTS,
        *methods.INTEGRATION_LISTS,
        *methods.INTEGRATION_INTEGERS,
    ),
    f"{INTEGRATION}/responses/*": (
        *("statusCode", "responseParameters", "responseTemplates", "contentHandling"),
    ),
    f"{INTEGRATION}/tlsConfig": ("insecureSkipVerification", "serverNameToVerify"),
    f"{REQUEST_VALIDATORS}/*": ("validateRequestBody", "validateRequestParameters"),
}
"""By extension, and by the place in it."""
