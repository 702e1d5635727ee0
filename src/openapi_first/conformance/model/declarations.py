"""What an operation declares: its responses by status, and its header parameters."""

from __future__ import annotations

from openapi_first.openapi.model import Header, Operation, Parameter, Response


def declared_response(operation: Operation, status: int) -> Response | None:
    """The declared response for a status: for the status itself, its class, or `default`."""
    by_status = {response.status: response for response in operation.responses}
    for key in (str(status), f"{status // 100}XX", "default"):
        if key in by_status:
            return by_status[key]
    return None


def declared_status(operation: Operation, status: int) -> bool:
    """Whether the contract names the status itself."""
    return any(response.status == str(status) for response in operation.responses)


def declared_headers(operation: Operation, status: int) -> tuple[Header, ...]:
    declared = declared_response(operation, status)
    return declared.headers if declared is not None else ()


def header_parameter(operation: Operation, name: str) -> Parameter | None:
    """The header parameter with this name; names are case-insensitive."""
    for parameter in operation.parameters:
        if parameter.location == "header" and parameter.name.lower() == name.lower():
            return parameter
    return None
