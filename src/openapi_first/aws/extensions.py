"""The `x-amazon-apigateway-*` extensions (AWS: api-gateway-swagger-extensions)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from openapi_first.aws.pages import EXTENSIONS as _PAGES
from openapi_first.aws.pages import GUIDE

PREFIX = "x-amazon-apigateway-"


class Place(Enum):
    """The object of a document that an extension is a member of."""

    ROOT = auto()
    SERVER = auto()
    TAG = auto()
    COMPONENTS = auto()
    PATH_ITEM = auto()
    OPERATION = auto()
    SECURITY_SCHEME = auto()


class Treatment(Enum):
    """What should become of an extension of the contract in the import document. `contract lint`
    reports each that does not reach it."""

    CARRIED_OVER = "copied as it is written"
    ACTED_ON = "read, and written by the import document itself"
    REPORTED = "without effect on a REST API"


@dataclass(frozen=True, slots=True)
class Extension:
    key: str
    places: frozenset[Place]
    treatment: Treatment
    page: str


EXTENSIONS: dict[str, Extension] = {}
"""All extensions, by key."""


def _extension(name: str, page: str, treatment: Treatment, *places: Place) -> str:
    key = PREFIX + name
    EXTENSIONS[key] = Extension(key, frozenset(places), treatment, f"{page}.html")
    return key


_CARRIED_OVER, _ACTED_ON, _REPORTED = Treatment

API_KEY_SOURCE = _extension("api-key-source", f"{_PAGES}-api-key-source", _CARRIED_OVER, Place.ROOT)
BINARY_MEDIA_TYPES = _extension(
    "binary-media-types", f"{_PAGES}-binary-media-types", _CARRIED_OVER, Place.ROOT
)
DOCUMENTATION = _extension("documentation", f"{_PAGES}-documentation", _CARRIED_OVER, Place.ROOT)
ENDPOINT_ACCESS_MODE = _extension(
    "endpoint-access-mode", GUIDE + "openapi-extensions-endpoint-access-mode", _CARRIED_OVER,
    Place.ROOT,
)  # fmt: skip
ENDPOINT_CONFIGURATION = _extension(
    # At the root of Swagger 2.0.
    "endpoint-configuration", f"{_PAGES}-endpoint-configuration", _CARRIED_OVER,
    Place.ROOT, Place.SERVER,
)  # fmt: skip
GATEWAY_RESPONSES = _extension(
    "gateway-responses", f"{_PAGES}-gateway-responses", _CARRIED_OVER, Place.ROOT
)
MINIMUM_COMPRESSION_SIZE = _extension(
    "minimum-compression-size", GUIDE + "api-gateway-openapi-minimum-compression-size",
    _CARRIED_OVER, Place.ROOT,
)  # fmt: skip
POLICY = _extension("policy", GUIDE + "openapi-extensions-policy", _CARRIED_OVER, Place.ROOT)
REQUEST_VALIDATORS = _extension(
    "request-validators", f"{_PAGES}-request-validators", _CARRIED_OVER, Place.ROOT
)
REQUEST_VALIDATOR = _extension(
    "request-validator", f"{_PAGES}-request-validator", _CARRIED_OVER,
    Place.ROOT, Place.OPERATION,
)  # fmt: skip
SECURITY_POLICY = _extension(
    "security-policy", GUIDE + "openapi-extensions-security-policy", _CARRIED_OVER, Place.ROOT
)
ANY_METHOD = _extension("any-method", f"{_PAGES}-any-method", _CARRIED_OVER, Place.PATH_ITEM)
INTEGRATION = _extension("integration", f"{_PAGES}-integration", _CARRIED_OVER, Place.OPERATION)
AUTH = _extension("auth", f"{_PAGES}-auth", _CARRIED_OVER, Place.OPERATION)
AUTHORIZER = _extension("authorizer", f"{_PAGES}-authorizer", _ACTED_ON, Place.SECURITY_SCHEME)
AUTHTYPE = _extension("authtype", f"{_PAGES}-authtype", _ACTED_ON, Place.SECURITY_SCHEME)

# Of HTTP APIs only.
CORS = _extension("cors", f"{_PAGES}-cors-configuration", _REPORTED, Place.ROOT)
IMPORTEXPORT_VERSION = _extension(
    "importexport-version", GUIDE + "api-gateway-extensions-importexport-version", _REPORTED,
    Place.ROOT,
)  # fmt: skip
INTEGRATIONS = _extension(
    "integrations", GUIDE + "api-gateway-extensions-integrations", _REPORTED, Place.COMPONENTS
)
TAG_VALUE = _extension(
    "tag-value", GUIDE + "api-gateway-openapi-extensions-x-amazon-apigateway-tag-value", _REPORTED,
    Place.TAG,
)  # fmt: skip
