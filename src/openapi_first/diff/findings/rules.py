"""The rules of `contract diff` as data: each with its id, its verdict and its statement.

A rule about schemas exists for both directions and for each effect on the set of valid values. A
client may send values that a narrower schema refuses, and may not understand values that a wider
schema allows: so narrowing breaks requests, and widening breaks responses.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntFlag

from openapi_first.schemas.directions import Direction


class Verdict(Enum):
    """What a change means for clients that follow the old contract."""

    BREAKING = "breaking"
    COMPATIBLE = "compatible"
    DOCUMENTATION = "documentation"


class Effect(IntFlag):
    """What a change does to the set of valid values; BOTH if neither set contains the other, or if
    the effect is unknown."""

    NONE = 0
    WIDER = 1
    NARROWER = 2
    BOTH = 3


@dataclass(frozen=True, slots=True)
class Rule:
    """`statement` is what changed, before the details."""

    id: str
    verdict: Verdict
    statement: str


SCHEMA_KINDS = {
    "type": "the type",
    "enum": "the list of values",
    "minimum": "the minimum",
    "maximum": "the maximum",
    "multiple-of": "multipleOf",
    "min-length": "the minimum length",
    "max-length": "the maximum length",
    "pattern": "the pattern",
    "format": "the format",
    "min-items": "the minimum number of items",
    "max-items": "the maximum number of items",
    "unique-items": "uniqueItems",
    "items": "the schema of the items",
    "contains": "contains",
    "min-properties": "the minimum number of properties",
    "max-properties": "the maximum number of properties",
    "required": "the required properties",
    "property": "the property",
    "additional-properties": "the schema of other properties",
    "pattern-properties": "patternProperties",
    "property-names": "propertyNames",
    "dependent": "what properties require of others",
    "any-of": "the alternatives of anyOf",
    "one-of": "the alternatives of oneOf",
    "not": "the schema that must not match",
    "conditional": "if, then and else",
    "unevaluated": "unevaluated items or properties",
    "discriminator": "the discriminator",
    "schema": "the schema",
}
DECIDED_KINDS = frozenset({"type", "enum", "multiple-of", "format", "discriminator", "schema"})
"""The kinds whose effect is known without a proof about the whole schema."""
_EFFECTS = {
    Effect.WIDER: ("widened", "more values are valid"),
    Effect.NARROWER: ("narrowed", "fewer values are valid"),
    Effect.BOTH: ("changed", "other values are valid"),
}
_UNDECIDED = "it cannot be decided which values are valid now"
_BREAKS = {Direction.REQUEST: Effect.NARROWER, Direction.RESPONSE: Effect.WIDER}

_B, _C, _D = Verdict.BREAKING, Verdict.COMPATIBLE, Verdict.DOCUMENTATION
_TWO_RELEASES = (
    "Removing it takes two releases, because traffic shifts to the new function before the gateway "
    "imports the new document: deprecate it in one release, remove it in the next"
)
_OTHERS = (
    ("operation-removed", _B, f"the operation was removed. {_TWO_RELEASES}"),
    (
        "operation-removed-after-sunset",
        _C,
        f"the operation was removed; it was deprecated and past its sunset. {_TWO_RELEASES}",
    ),
    ("operation-added", _C, "the operation is new"),
    (
        "operation-id-changed",
        _D,
        "the operationId changed, and with it the name in clients' generated code",
    ),
    ("operation-deprecated", _D, "the operation is deprecated"),
    ("operation-revived", _D, "the operation is no longer deprecated"),
    ("sunset-earlier", _B, "the sunset is earlier than announced"),
    ("sunset-later", _C, "the sunset is later, or withdrawn"),
    ("sunset-added", _D, "a sunset is announced"),
    ("callbacks-changed", _B, "the callbacks changed; their content is not compared"),
    ("webhooks-changed", _B, "the webhooks changed; their content is not compared"),
    ("parameter-removed", _B, "the parameter was removed; what clients send in it is ignored"),
    ("parameter-added-required", _B, "the parameter is new and required"),
    ("parameter-added-optional", _C, "the parameter is new and optional"),
    ("parameter-made-required", _B, "the parameter became required"),
    ("parameter-made-optional", _C, "the parameter became optional"),
    ("parameter-renamed", _D, "the path variable has another name, at the same place"),
    ("parameter-style-changed", _B, "the parameter is serialized differently (style, explode)"),
    ("parameter-reserved-refused", _B, "reserved characters must be encoded (allowReserved)"),
    ("parameter-reserved-allowed", _C, "reserved characters may be sent unencoded"),
    ("parameter-made-list", _C, "the parameter takes several values; one is still valid"),
    ("parameter-media-type-changed", _B, "the parameter's media type changed"),
    ("parameter-empty-refused", _B, "the parameter may no longer be empty"),
    ("parameter-empty-allowed", _C, "the parameter may be empty"),
    ("request-body-added-required", _B, "a body is required; there was none before"),
    ("request-body-added-optional", _C, "a body is optional; there was none before"),
    ("request-body-removed", _B, "the body was removed; what clients send in it is ignored"),
    ("request-body-made-required", _B, "the body became required"),
    ("request-body-made-optional", _C, "the body became optional"),
    ("request-media-type-removed", _B, "the media type is no longer accepted"),
    ("request-media-type-added", _C, "the media type is accepted, too"),
    ("request-encoding-changed", _B, "a field of the form is sent in another way"),
    (
        "request-encoding-narrowed",
        _B,
        "a field of the form is accepted in fewer media types",
    ),
    ("request-encoding-widened", _C, "a field of the form is accepted in other media types, too"),
    (
        "request-property-removed",
        _B,
        "the property was removed; what clients send in it is ignored",
    ),
    ("request-property-added", _C, "the property is new and optional"),
    ("request-property-added-required", _B, "the property is new and required"),
    (
        "request-default-changed",
        _B,
        "the default changed: leaving the value out means something else",
    ),
    (
        "request-body-default-changed",
        _D,
        "the default changed; OpenAPI leaves open who fills it in, and here only parameters get "
        "their defaults",
    ),
    ("response-removed", _B, "the success response was removed"),
    ("response-error-removed", _C, "the response was removed; it was not a success response"),
    ("response-status-narrowed", _C, "only some statuses of the range are returned"),
    # RFC 9110 §15: a client must understand the class of any status code.
    ("response-added", _C, "the response is new; clients treat it as its class (RFC 9110 §15)"),
    ("response-media-type-removed", _B, "the media type is no longer returned"),
    ("response-media-type-narrowed", _C, "only a part of the range of media types is returned"),
    (
        "response-media-type-widened",
        _B,
        "other media types of a range, or other parameters, may be returned",
    ),
    ("response-media-type-added", _C, "the media type is returned, too"),
    ("response-encoding-changed", _B, "a field of the form is sent in another way"),
    ("response-encoding-narrowed", _C, "a field of the form is sent in fewer media types"),
    ("response-encoding-widened", _B, "a field of the form may be sent in other media types"),
    ("response-header-removed", _B, "the header was removed"),
    ("response-header-added", _C, "the header is new"),
    ("response-header-made-optional", _B, "the header may be missing"),
    ("response-header-made-required", _C, "the header is always present"),
    ("response-header-made-single", _C, "the header has one value; it was a list"),
    ("response-header-style-changed", _B, "the header is serialized differently"),
    ("response-property-removed", _B, "the property was removed; clients may read it"),
    ("response-property-added", _C, "the property is new"),
    (
        "response-property-added-to-closed",
        _B,
        "the property is new; the old contract ruled out others (additionalProperties)",
    ),
    ("response-default-changed", _D, "the default changed; in a response it only describes"),
    ("security-narrowed", _B, "credentials that were accepted are refused"),
    ("security-widened", _C, "other credentials are accepted, too, or fewer are required"),
    ("security-scheme-renamed", _D, "the security scheme has another name"),
    (
        "access-changed",
        _B,
        "who may call is decided differently by API Gateway; the settings do not show whether a "
        "call that was accepted still is",
    ),
    ("access-widened", _C, "the resource policy was removed, and refuses no call any more"),
    ("integration-changed", _C, "something else answers; the contract says what it may answer"),
    (
        "gateway-responses-changed",
        _C,
        "the responses changed that API Gateway sends itself, mostly errors",
    ),
    ("gateway-setting-changed", _C, "a setting of API Gateway changed, which clients may notice"),
    ("servers-changed", _D, "the list of servers changed; clients call the URL of the stage"),
    ("links-changed", _D, "the links changed"),
    ("string-content-changed", _B, "the string contains something else, or in another encoding"),
    ("xml-changed", _B, "the value is another element or attribute of the XML body"),
    ("tags-changed", _D, "the tags changed"),
    ("description-changed", _D, "the documentation changed"),
    ("examples-changed", _D, "the examples changed"),
    ("deprecated-changed", _D, "`deprecated` changed"),
)


SCHEMA_RULES = {
    f"{direction.name.lower()}-{kind}-{word}": (direction, kind, effect)
    for direction in Direction
    for kind in SCHEMA_KINDS
    for effect, word in (
        *((effect, word) for effect, (word, _) in _EFFECTS.items()),
        (Effect.BOTH, "undecided"),
    )
}
"""The direction, the kind and the effect of each rule about schemas, by its id."""


PROPERTY_RULES = frozenset(
    {
        *("request-property-removed", "request-property-added", "request-property-added-required"),
        *("response-property-removed", "response-property-added"),
        "response-property-added-to-closed",
    }
)
"""The rules about the names of properties, not about their values."""


def _schema_rule(id_: str, direction: Direction, kind: str, effect: Effect) -> Rule:
    verdict = _B if effect & _BREAKS[direction] else _C
    statement = _UNDECIDED if id_.endswith("-undecided") else _EFFECTS[effect][1]
    return Rule(id_, verdict, f"{SCHEMA_KINDS[kind]} changed: {statement}")


RULES: dict[str, Rule] = {
    rule.id: rule
    for rule in (
        *(Rule(*other) for other in _OTHERS),
        *(_schema_rule(id_, *about) for id_, about in SCHEMA_RULES.items()),
    )
}
"""Every rule by its id."""


def schema_rule(direction: Direction, kind: str, effect: Effect) -> Rule:
    """The rule for a change of one kind with this effect, as `SCHEMA_KINDS` lists them."""
    return RULES[f"{direction.name.lower()}-{kind}-{_EFFECTS[effect][0]}"]


def undecided_rule(direction: Direction, kind: str) -> Rule:
    """The rule for a change of one kind whose effect nothing proves."""
    return RULES[f"{direction.name.lower()}-{kind}-undecided"]
