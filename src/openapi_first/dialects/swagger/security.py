"""Security definitions and requirements, and the servers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from openapi_first.dialects.part import Part
from openapi_first.dialects.swagger.converted import Converted, copied

_FLOWS = {
    "implicit": "implicit",
    "password": "password",
    "application": "clientCredentials",
    "accessCode": "authorizationCode",
}


def security_schemes(definitions: Part, names: Mapping[str, str]) -> Converted:
    """`names` has the component of each definition."""
    schemes = {names[name]: _scheme(part) for name, part in definitions.items()}
    return Converted(definitions, schemes)


def _scheme(part: Part) -> Converted:
    kind = part.value["type"]
    members = copied(part, "type", "description")
    if kind == "basic":
        members |= {"type": "http", "scheme": "basic"}
    elif kind == "apiKey":
        members |= {key: part.value[key] for key in ("name", "in")}
    else:
        keys = ("authorizationUrl", "tokenUrl", "scopes")
        flow = {key: part.value[key] for key in keys if key in part.value}
        flow.setdefault("scopes", {})
        members["flows"] = {_FLOWS[part.value["flow"]]: Converted(part, flow)}
    return Converted(part, members)


def requirements(written: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> list[Any]:
    """A security requirement by the names of the components."""
    return [{names.get(name, name): scopes for name, scopes in each.items()} for each in written]


def servers(root: Part, schemes: Part | None) -> list[Converted]:
    """A server for each scheme; a relative URL without `host` (Swagger 2.0, Swagger Object)."""
    host, base = root.child("host"), str(root.value.get("basePath", ""))
    if base == "/":
        base = ""
    origin = host or root.child("basePath") or root
    if host is None:
        return [Converted(origin, {"url": base})] if base else []
    if schemes is None or not schemes.value:
        return [Converted(origin, {"url": f"//{host.value}{base}"})]
    return [Converted(origin, {"url": f"{each}://{host.value}{base}"}) for each in schemes.value]
