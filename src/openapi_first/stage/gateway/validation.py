"""Request validation: required parameters first, then the body.

AWS: api-gateway-method-request-validation. A required parameter is "included and not blank", which
is all that is checked; a body whose content type has no model is not checked.
"""

from __future__ import annotations

from openapi_first.stage.api.method_request import MethodRequest
from openapi_first.stage.api.rest_api import Location
from openapi_first.stage.messages.gateway_errors import GatewayError
from openapi_first.stage.messages.media_types import for_media_type, media_type

_ORDER: tuple[Location, ...] = ("header", "path", "querystring")


async def validate(request: MethodRequest) -> None:
    """Raise the gateway's 400 for a request that its method's validator refuses."""
    validator = request.method.validator
    if validator.parameters:
        missing = _missing(request)
        if missing:
            raise GatewayError.missing_parameters(missing)
    if validator.body:
        violations = await _violations(request)
        if violations is not None:
            kind = media_type(request.sent.header("content-type"))
            raise GatewayError.invalid_body(violations, kind)


def _missing(request: MethodRequest) -> list[str]:
    sent, query = request.sent, request.sent.query_pairs()

    def present(location: Location, name: str) -> bool:
        if location == "path":
            values = [request.path_parameters.get(name, "")]
        elif location == "querystring":
            values = [value for key, value in query if key == name]
        else:
            exact = request.settings.header_parameters_case_sensitive
            values = sent.header_values(name, case_sensitive=exact)
        return any(value.strip() for value in values)

    # By location in the measured order; within one, in the document's.
    return [
        parameter.name
        for location in _ORDER
        for parameter in request.method.required
        if parameter.location == location and not present(location, parameter.name)
    ]


async def _violations(request: MethodRequest) -> str | None:
    method, settings = request.method, request.settings
    model = for_media_type(
        method.models,
        request.sent.header("content-type"),
        parameters_ignored=settings.media_type_parameters_ignored,
    )
    if model is None:
        return None
    optional = not (method.body_required or settings.empty_optional_body_validated)
    if optional and not request.sent.body:
        return None
    return await model.violations(request.sent.body)
