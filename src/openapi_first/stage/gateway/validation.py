"""Request validation: required parameters first, then the body.

AWS: api-gateway-method-request-validation. Parameters are "included and not blank", nothing else; a
body whose content type has no model is not checked at all.
"""

from __future__ import annotations

from collections.abc import Mapping

from openapi_first.stage.api.rest_api import Location, Method
from openapi_first.stage.api.routing import Route
from openapi_first.stage.messages.gateway_errors import Fault, GatewayError
from openapi_first.stage.messages.media_types import for_media_type, media_type
from openapi_first.stage.messages.request import StageRequest
from openapi_first.stage.messages.settings import Settings

_ORDER: tuple[Location, ...] = ("header", "path", "querystring")


def validate(request: StageRequest, route: Route, settings: Settings) -> None:
    """Raise the gateway's 400 for a request its method's validator refuses."""
    method = route.method
    if method.validator.parameters:
        missing = _missing(request, method, route.path_parameters, settings)
        if missing:
            raise GatewayError(Fault.missing_parameters(missing))
    if method.validator.body:
        violations = _violations(request, method, settings)
        if violations is not None:
            kind = media_type(request.header("content-type"))
            raise GatewayError(Fault.invalid_body(violations, kind))


def _missing(
    request: StageRequest, method: Method, path_parameters: Mapping[str, str], settings: Settings
) -> list[str]:
    query = request.query_pairs()

    def present(location: Location, name: str) -> bool:
        if location == "path":
            values = [path_parameters.get(name, "")]
        elif location == "querystring":
            values = [value for key, value in query if key == name]
        else:
            exact = settings.header_parameters_case_sensitive
            values = request.header_values(name, case_sensitive=exact)
        return any(value.strip() for value in values)

    # Groups in the measured order; inside one, the document's.
    return [
        parameter.name
        for location in _ORDER
        for parameter in method.required
        if parameter.location == location and not present(location, parameter.name)
    ]


def _violations(request: StageRequest, method: Method, settings: Settings) -> str | None:
    model = for_media_type(
        method.models,
        request.header("content-type"),
        parameters_ignored=settings.media_type_parameters_ignored,
    )
    if model is None:
        return None
    optional = not (method.body_required or settings.empty_optional_body_validated)
    if optional and not request.body:
        return None
    return model.violations(request.body)
