"""The `x-amazon-apigateway-*` extensions (AWS: api-gateway-swagger-extensions)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from openapi_first.aws.pages import EXTENSIONS as _PAGES
from openapi_first.aws.pages import GUIDE

PREFIX = "x-amazon-apigateway-"
JSON_SCHEMA = "x-json-schema"
"""Marks a schema that no import has changed: a model that was created as such, which has all of
draft 4 (AWS: models-mappings-models)."""


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
    """What becomes of an extension of the contract in the import document. `contract lint` reports
    each that does not reach it."""

    CARRIED_OVER = "carried over as it is written"
    MERGED = "carried over; what it leaves open is filled in"
    ACTED_ON = "read, and carried over unless the settings replace it"
    REPORTED = "carried over; it has no effect on a REST API"


class Shape(Enum):
    """The JSON type of an extension's value."""

    STRING = "a string"
    INTEGER = "an integer"
    LIST = "a list"
    OBJECT = "an object"


@dataclass(frozen=True, slots=True)
class Extension:
    key: str
    places: frozenset[Place]
    shape: Shape
    treatment: Treatment
    page: str


EXTENSIONS: dict[str, Extension] = {}
"""All extensions, by key."""


def _extension(name: str, page: str, shape: Shape, treatment: Treatment, *places: Place) -> str:
    key = PREFIX + name
    EXTENSIONS[key] = Extension(key, frozenset(places), shape, treatment, f"{page}.html")
    return key


_CARRIED_OVER, _MERGED, _ACTED_ON, _REPORTED = Treatment
_STRING, _INTEGER, _LIST, _OBJECT = Shape

API_KEY_SOURCE = _extension(
    "api-key-source", f"{_PAGES}-api-key-source", _STRING, _CARRIED_OVER, Place.ROOT
)
BINARY_MEDIA_TYPES = _extension(
    "binary-media-types", f"{_PAGES}-binary-media-types", _LIST, _MERGED, Place.ROOT
)
DOCUMENTATION = _extension(
    "documentation", f"{_PAGES}-documentation", _OBJECT, _CARRIED_OVER, Place.ROOT
)
ENDPOINT_ACCESS_MODE = _extension(
    "endpoint-access-mode",
    GUIDE + "openapi-extensions-endpoint-access-mode",
    _STRING,
    _CARRIED_OVER,
    Place.ROOT,
)
# At the root of Swagger 2.0.
ENDPOINT_CONFIGURATION = _extension(
    "endpoint-configuration",
    f"{_PAGES}-endpoint-configuration",
    _OBJECT,
    _CARRIED_OVER,
    Place.ROOT,
    Place.SERVER,
)
GATEWAY_RESPONSES = _extension(
    "gateway-responses", f"{_PAGES}-gateway-responses", _OBJECT, _MERGED, Place.ROOT
)
MINIMUM_COMPRESSION_SIZE = _extension(
    "minimum-compression-size",
    GUIDE + "api-gateway-openapi-minimum-compression-size",
    _INTEGER,
    _CARRIED_OVER,
    Place.ROOT,
)
POLICY = _extension(
    "policy", GUIDE + "openapi-extensions-policy", _OBJECT, _CARRIED_OVER, Place.ROOT
)
REQUEST_VALIDATORS = _extension(
    "request-validators", f"{_PAGES}-request-validators", _OBJECT, _MERGED, Place.ROOT
)
REQUEST_VALIDATOR = _extension(
    "request-validator",
    f"{_PAGES}-request-validator",
    _STRING,
    _CARRIED_OVER,
    Place.ROOT,
    Place.OPERATION,
)
SECURITY_POLICY = _extension(
    "security-policy",
    GUIDE + "openapi-extensions-security-policy",
    _STRING,
    _CARRIED_OVER,
    Place.ROOT,
)
ANY_METHOD = _extension("any-method", f"{_PAGES}-any-method", _OBJECT, _ACTED_ON, Place.PATH_ITEM)
INTEGRATION = _extension("integration", f"{_PAGES}-integration", _OBJECT, _MERGED, Place.OPERATION)
AUTH = _extension("auth", f"{_PAGES}-auth", _OBJECT, _CARRIED_OVER, Place.OPERATION)
AUTHORIZER = _extension(
    "authorizer", f"{_PAGES}-authorizer", _OBJECT, _ACTED_ON, Place.SECURITY_SCHEME
)
AUTHTYPE = _extension("authtype", f"{_PAGES}-authtype", _STRING, _ACTED_ON, Place.SECURITY_SCHEME)

# Of HTTP APIs only.
CORS = _extension("cors", f"{_PAGES}-cors-configuration", _OBJECT, _REPORTED, Place.ROOT)
IMPORTEXPORT_VERSION = _extension(
    "importexport-version",
    GUIDE + "api-gateway-extensions-importexport-version",
    _STRING,
    _REPORTED,
    Place.ROOT,
)
INTEGRATIONS = _extension(
    "integrations",
    GUIDE + "api-gateway-extensions-integrations",
    _OBJECT,
    _REPORTED,
    Place.COMPONENTS,
)
TAG_VALUE = _extension(
    "tag-value",
    GUIDE + "api-gateway-openapi-extensions-x-amazon-apigateway-tag-value",
    _STRING,
    _REPORTED,
    Place.TAG,
)
