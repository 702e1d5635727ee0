"""The options of `contract gateway` that stand for parameters of the template.

The import document has to repeat the settings that the template has for the API: an import resets
what its document lacks (AWS: api-gateway-import-api-update).
"""

from __future__ import annotations

from collections.abc import Mapping


def gateway_options(parameters: Mapping[str, str]) -> list[str]:
    """`parameters` are all of the template's, with the values that are deployed."""
    options = []
    for origin in parameters["AllowOrigin"].split(","):
        options += ["--allow-origin", origin]
    options += ["--security-policy", parameters["SecurityPolicy"]]
    options += ["--endpoint-access-mode", parameters["EndpointAccessMode"]]
    if parameters["MinimumCompressionSize"] != "-1":
        options += ["--minimum-compression-size", parameters["MinimumCompressionSize"]]
    for endpoint in filter(None, parameters["VpcEndpointIds"].split(",")):
        options += ["--vpc-endpoint", endpoint.strip()]
    if parameters["ExecuteApiEndpoint"] == "off":
        options.append("--no-default-url")
    return options
