"""The rules of `contract diff` as data: each id with its verdict and its sentence.

A rule about schemas exists for both directions and for each effect on the set of values that a
schema takes. Whoever sends must keep to what is narrower, whoever reads must cope with what is
wider: so narrowing breaks requests, and widening breaks responses.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntFlag

from openapi_first.schemas.directions import Direction


class Verdict(Enum):
    """What a change means for clients that keep to the old contract."""

    BREAKING = "breaking"
    COMPATIBLE = "compatible"
    DOCUMENTATION = "documentation"


class Effect(IntFlag):
    """What a change does to the set of values that are valid; both at once when neither set holds
    the other, or when it cannot be told."""

    NONE = 0
    WIDER = 1
    NARROWER = 2
    BOTH = 3


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: `says` is the sentence's subject and verb, before the details."""

    id: str
    verdict: Verdict
    says: str


SCHEMA_KINDS = {
    "type": "the type",
    "enum": "the list of values",
    "minimum": "the minimum",
    "maximum": "the maximum",
    "multiple-of": "multipleOf",
    "min-length": "the least length",
    "max-length": "the greatest length",
    "pattern": "the pattern",
    "format": "the format",
    "min-items": "the least number of items",
    "max-items": "the greatest number of items",
    "unique-items": "uniqueItems",
    "items": "the schema of the items",
    "contains": "contains",
    "min-properties": "the least number of properties",
    "max-properties": "the greatest number of properties",
    "required": "the required properties",
    "property": "the property",
    "additional-properties": "the schema of other properties",
    "pattern-properties": "patternProperties",
    "property-names": "propertyNames",
    "dependent": "what properties ask for others",
    "any-of": "the alternatives of anyOf",
    "one-of": "the alternatives of oneOf",
    "not": "the schema that must not match",
    "conditional": "if, then and else",
    "unevaluated": "unevaluated items or properties",
    "discriminator": "the discriminator",
}
_EFFECTS = {
    Effect.WIDER: ("widened", "takes more than before"),
    Effect.NARROWER: ("narrowed", "takes less than before"),
    Effect.BOTH: ("changed", "takes other values than before"),
}
_BREAKS = {Direction.REQUEST: Effect.NARROWER, Direction.RESPONSE: Effect.WIDER}

_B, _C, _D = Verdict.BREAKING, Verdict.COMPATIBLE, Verdict.DOCUMENTATION
_TWO_RELEASES = (
    "On the stack this takes two releases, since traffic shifts to the new function before the "
    "gateway imports the new document: deprecate it in one, remove it in the next"
)
_OTHERS = (
    ("operation-removed", _B, f"the operation is gone. {_TWO_RELEASES}"),
    (
        "operation-removed-after-sunset",
        _C,
        f"the operation is gone, deprecated and past its sunset. {_TWO_RELEASES}",
    ),
    ("operation-added", _C, "the operation is new"),
    ("operation-id-changed", _D, "clients' generated code names the operation otherwise"),
    ("operation-deprecated", _D, "the operation is deprecated"),
    ("operation-revived", _D, "the operation is no longer deprecated"),
    ("sunset-earlier", _B, "the sunset is earlier than it was announced"),
    ("sunset-later", _C, "the sunset is later, or none"),
    ("sunset-added", _D, "a sunset is announced"),
    ("callbacks-changed", _B, "the callbacks changed; what they change is not compared further"),
    ("webhooks-changed", _B, "the webhooks changed; what they change is not compared further"),
    ("parameter-removed", _B, "the parameter is gone, and what clients send in it is not read"),
    ("parameter-added-required", _B, "the parameter is new and required"),
    ("parameter-added-optional", _C, "the parameter is new and optional"),
    ("parameter-made-required", _B, "the parameter became required"),
    ("parameter-made-optional", _C, "the parameter became optional"),
    ("parameter-renamed", _D, "the path variable has another name, at the same place"),
    ("parameter-style-changed", _B, "the parameter is spelled otherwise (style, explode)"),
    ("parameter-media-type-changed", _B, "the parameter's media type changed"),
    ("parameter-empty-refused", _B, "the parameter may no longer be empty"),
    ("parameter-empty-allowed", _C, "the parameter may be empty"),
    ("request-body-added-required", _B, "a body is required, where there was none"),
    ("request-body-added-optional", _C, "a body may be sent, where there was none"),
    ("request-body-removed", _B, "the body is gone, and what clients send in it is not read"),
    ("request-body-made-required", _B, "the body became required"),
    ("request-body-made-optional", _C, "the body became optional"),
    ("request-media-type-removed", _B, "the media type is no longer taken"),
    ("request-media-type-added", _C, "the media type is taken, too"),
    ("request-encoding-changed", _B, "the encoding of the form's members changed"),
    ("request-property-removed", _B, "the property is gone, and what clients send is not read"),
    ("request-property-added", _C, "the property is new and optional"),
    ("request-default-changed", _B, "leaving it out means something else (default)"),
    ("response-removed", _B, "the success response is gone"),
    ("response-error-removed", _C, "the response is gone, and it was no success"),
    # RFC 9110 §15: a client must understand the class of any status code.
    ("response-added", _C, "the response is new; clients treat it as its class (RFC 9110 §15)"),
    ("response-media-type-removed", _B, "the media type is no longer answered"),
    ("response-media-type-added", _C, "the media type is answered, too"),
    ("response-encoding-changed", _B, "the encoding of the form's members changed"),
    ("response-header-removed", _B, "the header is gone"),
    ("response-header-added", _C, "the header is new"),
    ("response-header-made-optional", _B, "the header may be missing"),
    ("response-header-made-required", _C, "the header is always there"),
    ("response-header-style-changed", _B, "the header is spelled otherwise"),
    ("response-property-removed", _B, "the property is gone, and clients may read it"),
    ("response-property-added", _C, "the property is new"),
    (
        "response-property-added-to-closed",
        _B,
        "the property is new, where the old contract ruled out any other (additionalProperties)",
    ),
    ("response-default-changed", _D, "the default in the response's description changed"),
    ("security-narrowed", _B, "who called before with these credentials is refused"),
    ("security-widened", _C, "other credentials are taken, too, or fewer are asked for"),
    ("security-scheme-renamed", _D, "the security scheme has another name"),
    ("servers-changed", _D, "the list of servers changed; the stage's URL decides where it is"),
    ("links-changed", _D, "the links changed"),
    ("tags-changed", _D, "the tags changed"),
    ("description-changed", _D, "what is written for people changed"),
    ("examples-changed", _D, "the examples changed"),
    ("deprecated-changed", _D, "the mark `deprecated` changed"),
)


def _schema_rules(direction: Direction) -> list[Rule]:
    return [
        Rule(
            f"{direction.name.lower()}-{kind}-{word}",
            _B if effect & _BREAKS[direction] else _C,
            f"{subject} {says}",
        )
        for kind, subject in SCHEMA_KINDS.items()
        for effect, (word, says) in _EFFECTS.items()
    ]


RULES: dict[str, Rule] = {
    rule.id: rule
    for rule in (
        *(Rule(*other) for other in _OTHERS),
        *_schema_rules(Direction.REQUEST),
        *_schema_rules(Direction.RESPONSE),
    )
}
"""Every rule by its id."""


def schema_rule(direction: Direction, kind: str, effect: Effect) -> Rule:
    """The rule for a change of one kind with this effect, as `SCHEMA_KINDS` lists them."""
    return RULES[f"{direction.name.lower()}-{kind}-{_EFFECTS[effect][0]}"]
