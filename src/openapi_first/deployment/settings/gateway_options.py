"""The options of `contract gateway` that stand for parameters of the template.

The import document has to repeat the settings that the template has for the API: an import resets
what its document lacks (AWS: api-gateway-import-api-update).
"""

from __future__ import annotations

from collections.abc import Mapping

_LISTS = {"AllowOrigin": "--allow-origin", "VpcEndpointIds": "--vpc-endpoint"}
_VALUES = {
    "SecurityPolicy": ("--security-policy", ""),
    "EndpointAccessMode": ("--endpoint-access-mode", ""),
    "MinimumCompressionSize": ("--minimum-compression-size", "-1"),
}
"""The option of each parameter, and the value that asks for nothing."""


def gateway_options(parameters: Mapping[str, str]) -> list[str]:
    """`parameters` are all of the template's, with the values that are deployed. An edited template
    may lack any of them."""
    options = list[str]()
    for name, option in _LISTS.items():
        each = filter(None, parameters.get(name, "").split(","))
        options += [f"{option}={value.strip()}" for value in each]
    for name, (option, none) in _VALUES.items():
        if parameters.get(name, none) != none:
            options.append(f"{option}={parameters[name]}")
    if parameters.get("ExecuteApiEndpoint") == "off":
        options.append("--no-default-url")
    return options
