"""Keywords that lowering rewrites, and keywords that have no effect where they are written."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from openapi_first.dialects.objects import SCHEMA, objects_of
from openapi_first.documents.node import Node
from openapi_first.lint.document import DEPRECATED
from openapi_first.lint.findings.rendered import Rendered
from openapi_first.lint.findings.rule import (
    JSON_SCHEMA,
    KNOWN_ISSUES,
    NOTHING,
    OPENAPI,
    Finding,
    Rule,
    Verdict,
    finding,
)
from openapi_first.lint.schemas import (
    CHECKED_FORMATS,
    CONSTRAINING,
    LISTS,
    MAPS,
    SINGLE,
    Visit,
    schemas,
)
from openapi_first.openapi.model import Operation
from openapi_first.schemas.backtracking import BacktrackingPattern, backtracking_patterns
from openapi_first.schemas.directions import Direction, together
from openapi_first.schemas.discriminators import selects
from openapi_first.schemas.effects import Effects

_CORE = f"{JSON_SCHEMA}json-schema-core#section-6.5"
_VALIDATION = f"{JSON_SCHEMA}json-schema-validation"

UNKNOWN_FORMAT = Rule(
    "unknown-format", Verdict.NOWHERE, "Nothing checks the format",
    "Validation must not rely on `format`; models leave it out.", KNOWN_ISSUES,
    "Use `pattern`, or a format that the Lambda checks.",
)  # fmt: skip
DISCRIMINATOR = Rule(
    "discriminator", Verdict.CHANGED, "The discriminator is rewritten as conditions",
    "`discriminator` is not supported in any schema.", KNOWN_ISSUES, NOTHING,
)  # fmt: skip
DEFAULT = Rule(
    "default", Verdict.CHANGED, "The gateway does not apply the default",
    "The keyword `default` is not supported.", KNOWN_ISSUES, "Nothing: the Lambda applies it.",
)  # fmt: skip
NULLABLE = Rule(
    "nullable", Verdict.CHANGED, "`nullable` becomes a separate type",
    "`nullable` is not supported.", KNOWN_ISSUES, NOTHING,
)  # fmt: skip
IDLE = Rule(
    "keyword-without-effect", Verdict.NOWHERE, "The keyword has no effect here",
    "A keyword applies to values of its own types, and some need another keyword beside them.",
    f"{JSON_SCHEMA}json-schema-core#section-7.6.1", "Write what the finding says.",
)  # fmt: skip
IDLE_NULLABLE = Rule(
    "nullable-without-effect", Verdict.NOWHERE, "`nullable` does not allow null here",
    "`nullable` adds null to a `type` in the same schema, and other keywords still apply.",
    f"{OPENAPI}schema-object", "Write what the finding says, or remove it.",
)  # fmt: skip
IDLE_DIRECTION = Rule(
    "direction-without-effect", Verdict.NOTE, "`readOnly` and `writeOnly` have no effect here",
    "They are relevant only for the schemas of properties.", f"{OPENAPI}schema-object",
    "Nothing, or move it to the schema of a property.",
)  # fmt: skip
IDLE_DEFAULT = Rule(
    "default-not-applied", Verdict.NOTE, "Nobody applies the default",
    "A default documents what the receiver assumes for a member that is not sent.",
    f"{OPENAPI}schema-object",
    "Nothing, if your function applies it. The Lambda applies those of parameters only.",
)  # fmt: skip
IDLE_DISCRIMINATOR = Rule(
    "idle-discriminator", Verdict.NOTE, "The discriminator selects nothing",
    "Inline schemas are not considered. Without `oneOf` or `anyOf`, a value that names no schema "
    "should fail (3.0), or is not affected (3.1); the engine accepts it in both.",
    f"{OPENAPI}discriminator-object",
    "Nothing, or list the schemas in `oneOf` beside it, each as a reference.",
)  # fmt: skip
CLOSED_COMPOSITION = Rule(
    "closed-composition", Verdict.NOTE, "`additionalProperties` refuses properties of `allOf`",
    "`additionalProperties` knows only the `properties` in the same schema.",
    f"{JSON_SCHEMA}json-schema-core#section-10.3.2.3",
    "In 3.1, write `unevaluatedProperties: false` beside `allOf`; in 3.0, list the properties.",
)  # fmt: skip
MISSPELT_KEYWORD = Rule(
    "misspelt-keyword", Verdict.NOWHERE, "Nothing checks the keyword",
    "An unknown keyword is an annotation.", _CORE, "Write the keyword that is meant.",
)  # fmt: skip
UNKNOWN_KEYWORD = Rule(
    "unknown-keyword", Verdict.NOTE, "The keyword means nothing",
    "An unknown keyword is an annotation.", _CORE, "Nothing, or call it `x-…`.",
)  # fmt: skip
_EXPENSIVE = "A regular expression can be extremely expensive to compute, by backtracking."
BACKTRACKING = Rule(
    "pattern-backtracks", Verdict.LIMITED, "The pattern needs backtracking",
    _EXPENSIVE, f"{_VALIDATION}#section-10",
    "Write it without look-around and back-references, for example as several patterns in `allOf`. "
    "The Lambda gives up on a string after about 20 ms, and answers 400.",
)  # fmt: skip
BACKTRACKING_REPEATED = Rule(
    "repeated-pattern-backtracks", Verdict.LIMITED,
    "The pattern needs backtracking, and one value can hold thousands of strings for it",
    _EXPENSIVE, f"{_VALIDATION}#section-10",
    "Write it without look-around and back-references, for example as several patterns in `allOf`. "
    "The Lambda spends 100 ms per request on such patterns. After that it answers 400, even if "
    "every string matches. `maxItems`, `maxProperties` and `maxLength` make that less likely.",
)  # fmt: skip

_ANNOTATIONS = (
    *("title", "description", "default", "example", "examples", "deprecated", "readOnly"),
    *("writeOnly", "externalDocs", "xml", "contentMediaType", "contentEncoding", "contentSchema"),
    *("$schema", "$comment", "$ref", "$anchor", "$dynamicAnchor", "$defs", "definitions"),
    *("$vocabulary", "$id", "$dynamicRef", "$recursiveRef"),
)
_KNOWN = frozenset((*CONSTRAINING, *LISTS, *SINGLE, *MAPS, *_ANNOTATIONS))


def find(rendered: Rendered) -> Iterator[Finding]:
    """Where a constraint is enforced depends on what the schema describes, so `parameters`,
    `bodies` and `responses` find that."""
    contract = rendered.contract
    applied = _applied_defaults(rendered)
    described = [each for one in contract.operations for each in _described(one)]
    directed: dict[object, tuple[Node, bool]] = {}
    for direction in Direction:
        effects = rendered.effects[direction]
        roots = [schema for schema, sent in described if sent is direction]
        for visit in schemas(roots, effects):
            yield from _rewritten(visit.node, effects)
            yield from _idle(visit.node, effects)
            yield from _closed(visit.node)
            yield from _default(visit.node, applied)
            _collect_directed(visit, directed)
            if contract.openapi == "3.1":
                yield from _unknown(visit.node)
    for direction, lowering in rendered.plans.lowerings.items():
        lowered = [lowering.lower(schema) for schema, sent in described if sent is direction]
        yield from _backtracking(backtracking_patterns(lowering, lowered))
    for place, owned in directed.values():
        if not owned:
            keyword = place.pointer.rpartition("/")[2]
            yield finding(IDLE_DIRECTION, place, f"{keyword} of what is not a property")
    if contract.openapi == "3.1":
        for each in objects_of(contract.root):
            if each.kind == SCHEMA and isinstance(each.part, Node):
                yield from _unknown(each.part)


def _backtracking(found: Iterable[BacktrackingPattern]) -> Iterator[Finding]:
    """A pattern that applies to many strings anywhere is found once, as such."""
    places: dict[object, BacktrackingPattern] = {}
    for each in found:
        known = places.get(each.node.identity)
        if known is None or each.repeated:
            places[each.node.identity] = each
    for each in places.values():
        keyword = "patternProperties" if each.is_name else "pattern"
        rule = BACKTRACKING_REPEATED if each.repeated else BACKTRACKING
        yield finding(rule, each.node, f"{keyword} has look-around or a back-reference")


def _rewritten(node: Node, effects: Effects) -> Iterator[Finding]:
    for rule in (DISCRIMINATOR, NULLABLE):
        if rule.id in node.value and effects.is_replaced(node, rule.id):
            yield finding(rule, node.child(rule.id) or node, rule.id)
    if node.value.get("deprecated") is True:
        yield finding(DEPRECATED, node.child("deprecated") or node, "deprecated")
    if "discriminator" in node.value and not selects(node):
        yield finding(IDLE_DISCRIMINATOR, node.child("discriminator") or node, "discriminator")


def _idle(node: Node, effects: Effects) -> Iterator[Finding]:
    for keyword, reason in effects.idle(node).items():
        rule = IDLE_NULLABLE if keyword == "nullable" else IDLE
        detail = f"{keyword} has no effect here: {reason}"
        yield finding(rule, node.child(keyword) or node, detail)


def _closed(node: Node) -> Iterator[Finding]:
    """Properties of schemas that are composed which one of these schemas does not allow."""
    if "allOf" not in node.value:
        return
    parts = [node, *(part for branch in _branches(node) for part in together(branch))]
    names = {name for part in parts for name in part.value.get("properties", ())}
    for part in parts:
        if part.value.get("additionalProperties") is not False or part.value.get(
            "patternProperties"
        ):
            continue
        missing = sorted(names - set(part.value.get("properties", ())))
        if missing:
            place = part.child("additionalProperties") or part
            yield finding(CLOSED_COMPOSITION, place, f"refused: {', '.join(missing)}")


def _branches(node: Node) -> Iterator[Node]:
    branches = node.child("allOf")
    for index in range(len(branches.value) if branches is not None else 0):
        branch = branches.child(index) if branches is not None else None
        if branch is not None:
            yield branch


def _default(node: Node, applied: set[object]) -> Iterator[Finding]:
    place = node.child("default")
    if place is not None:
        rule = DEFAULT if place.identity in applied else IDLE_DEFAULT
        yield finding(rule, place, "default")


def _applied_defaults(rendered: Rendered) -> set[object]:
    """The places of the defaults that the Lambda applies."""
    given = {
        (plan.function, each.argument)
        for plan in rendered.plans.operations
        for each in plan.parameters
        if each.has_default
    }
    return {
        default.identity
        for operation in rendered.contract.served
        for parameter in operation.parameters
        if (operation.function, parameter.argument) in given
        and (default := parameter.schema.followed().child("default")) is not None
    }


def _collect_directed(visit: Visit, found: dict[object, tuple[Node, bool]]) -> None:
    """By place, each `readOnly` and `writeOnly` and whether it is one of a property anywhere."""
    for direction in Direction:
        place = visit.node.child(direction.value)
        if place is not None and place.value is True:
            _, owned = found.get(place.identity, (place, False))
            found[place.identity] = (place, owned or visit.owner is not None)


def enforced(rule: Rule, node: Node, keyword: str, effects: Effects) -> Finding:
    """By `rule`, a keyword is enforced; a format that the Lambda does not check is not."""
    unknown = (
        keyword == "format"
        and not effects.is_replaced(node, keyword)
        and node.value[keyword] not in CHECKED_FORMATS
    )
    return finding(UNKNOWN_FORMAT if unknown else rule, node.child(keyword) or node, keyword)


def _unknown(node: Node) -> Iterator[Finding]:
    """OpenAPI 3.0 refuses unknown keywords by itself."""
    for keyword in node.value:
        if keyword in _KNOWN or keyword.startswith("x-"):
            continue
        place = node.child(keyword)
        assert place is not None
        near = difflib.get_close_matches(keyword, _KNOWN, 1, 0.8)
        if keyword == "nullable":
            detail = 'nullable means nothing in OpenAPI 3.1; `type: [string, "null"]` allows null'
            yield finding(MISSPELT_KEYWORD, place, detail)
        elif near:
            yield finding(MISSPELT_KEYWORD, place, f"{keyword} is unknown; {near[0]} is similar")
        else:
            yield finding(UNKNOWN_KEYWORD, place, f"{keyword} is unknown")


def _described(operation: Operation) -> Iterator[tuple[Node, Direction]]:
    for parameter in operation.parameters:
        yield parameter.schema, Direction.REQUEST
    for entry in operation.body.content if operation.body is not None else ():
        if entry.schema is not None:
            yield entry.schema, Direction.REQUEST
    for response in operation.responses:
        for header in response.headers:
            yield header.schema, Direction.RESPONSE
        for entry in response.content:
            if entry.schema is not None:
                yield entry.schema, Direction.RESPONSE
