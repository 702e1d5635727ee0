"""Settings of an API that no deployment contains: they apply at once, to every stage.

Only those that the document has are compared, since a template may set the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from openapi_first.aws import extensions

_SERVERS = "servers"
_MEMBERS = {
    extensions.SECURITY_POLICY: "securityPolicy",
    extensions.ENDPOINT_ACCESS_MODE: "endpointAccessMode",
}
"""Extensions of the document's root, and the members of the API (AWS: API_RestApi)."""


def compared_settings(
    document: Mapping[str, Any], api: Mapping[str, Any]
) -> Iterator[tuple[str, str, Any, Any]]:
    """The pointer into the document and the part there, what the document has, and what the API
    has, of each setting that differs."""
    for extension, member in _MEMBERS.items():
        if extension in document and document[extension] != api.get(member):
            yield f"/{extension}", "", document[extension], api.get(member)
    for index, server in enumerate(document.get(_SERVERS) or ()):
        pointer = f"/{_SERVERS}/{index}/{extensions.ENDPOINT_CONFIGURATION}"
        for name, value in server.get(extensions.ENDPOINT_CONFIGURATION, {}).items():
            present = _endpoint(api, name)
            if _unordered(value) != _unordered(present):
                yield f"{pointer}/{name}", "", value, present


def _endpoint(api: Mapping[str, Any], name: str) -> Any:
    if name == "disableExecuteApiEndpoint":
        return bool(api.get(name))
    return api.get("endpointConfiguration", {}).get(name)


def _unordered(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else value
