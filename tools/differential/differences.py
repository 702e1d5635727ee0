"""Where the compiled contract and openapi-core mean to differ, each by its name.

Where openapi-core cannot do what the specification says, it is *helped*: given an equal contract or
request that it can read, so that the rest of the case is compared all the same (`for_reference`,
`as_it_reads`). Where both can judge and differ, the difference is *excused* by a predicate
(`excuse`). Each name is in docs/differences.md with the text that decides, and has a test.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote_plus, unquote_plus, urlencode

from differential.exchanges import Case
from differential.verdict import Verdict, same_values
from differential.wire import Answer, Sent, parts_of

_FORM = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"

NAMES = (
    # Helped.
    "media-type-ranges",
    "style-operators-in-names",
    "space-delimited",
    "exploded-form-objects",
    "type-arrays-of-parameters",
    "direction-in-3.1",
    "prefix-items",
    "nested-names",
    "multipart-members",
    # Excused.
    "numerals",
    "booleans",
    "repeated-parameters",
    "missing-operators",
    "incomplete-objects",
    "empty-objects",
    "equals-signs-in-members",
    "empty-query-values",
    "undeclared-form-members",
    "charsets",
    "strict-json",
    "byte-in-other-letters",
    "values-for-objects",
)


def for_reference(case: Case, direction: str) -> dict[str, Any]:
    """The contract as openapi-core can read it, for `request` or `response`."""
    document = copy.deepcopy(case.document)
    (item,) = document["paths"].values()
    operation = item["post"]
    for parameter in operation["parameters"]:
        if "x-nested" in parameter:
            del parameter["style"], parameter["explode"]
            parameter["content"] = {"application/json": {"schema": parameter.pop("schema")}}
        elif "schema" in parameter:
            parameter["schema"] = _without_type_arrays(parameter["schema"])
    for response in operation["responses"].values():
        for header in response.get("headers", {}).values():
            header["schema"] = _without_type_arrays(header["schema"])
    content = operation.get("requestBody", {}).get("content", {})
    if _MULTIPART in content:
        content[_FORM] = content.pop(_MULTIPART)
        content[_FORM]["schema"]["properties"].pop("file", None)
    if _FORM in content:
        content[_FORM]["schema"] = _without_type_arrays(content[_FORM]["schema"])
    if "application/*" in content:
        content["application/json"] = content.pop("application/*")
    if document["openapi"].startswith("3.1"):
        keyword = "readOnly" if direction == "request" else "writeOnly"
        for schema in document["components"]["schemas"].values():
            _direct(schema, keyword)
    return document


def _without_type_arrays(schema: dict[str, Any]) -> dict[str, Any]:
    """Types in a row as alternatives, since its casts take one type."""
    schema = {
        key: (
            _without_type_arrays(value)
            if key in ("items", "additionalProperties") and isinstance(value, dict)
            else {name: _without_type_arrays(each) for name, each in value.items()}
            if key == "properties"
            else value
        )
        for key, value in schema.items()
    }
    if not isinstance(schema.get("type"), list):
        return schema
    rest = {key: value for key, value in schema.items() if key != "type"}
    return {"anyOf": [{**rest, "type": name} for name in schema["type"]]}


def _direct(schema: dict[str, Any], keyword: str) -> None:
    for name, member in schema.get("properties", {}).items():
        if member.get(keyword):
            schema["properties"][name] = {"not": {}}
            schema["required"] = [each for each in schema["required"] if each != name]


def as_urlencoded(request: Sent) -> Sent:
    """A multipart form without its files as a urlencoded one, whose members it converts."""
    if not _is_multipart(request):
        return request
    pairs = [(name, data.decode()) for name, data, is_file in parts_of(request) if not is_file]
    # It takes an empty body for none.
    return replace(request, body=urlencode(pairs).encode() or b"&", content_type=_FORM)


def files_of(request: Sent) -> dict[str, bytes]:
    """The files of a multipart form."""
    if not _is_multipart(request):
        return {}
    return {name: data for name, data, is_file in parts_of(request) if is_file}


def _is_multipart(subject: Sent | Answer) -> bool:
    return isinstance(subject, Sent) and (subject.content_type or "").startswith(_MULTIPART)


def as_it_reads(parameter: dict[str, Any], request: Sent) -> Iterator[tuple[str, str]]:
    """The pairs of a query parameter as openapi-core looks for them."""
    name, schema = parameter["name"], parameter.get("schema", {})
    own = [(key, text) for key, text in request.query if key == name]
    if "x-nested" in parameter:
        if name in request.nested:
            yield name, json.dumps(request.nested[name])
    elif parameter.get("style") == "spaceDelimited":
        yield from ((key, text.replace(" ", "%20")) for key, text in own)
    elif parameter.get("style") == "deepObject":
        yield from ((key, text) for key, text in request.query if key.startswith(f"{name}["))
    elif parameter.get("explode") and schema.get("type") == "object":
        members = [(k, t) for k, t in request.query if k in schema.get("properties", {})]
        if members:
            yield name, "&".join(f"{key}={text}" for key, text in members)
    else:
        yield from own


_EQUALS_IN_MEMBER = re.compile(r"=[^=,;.&]*=")
_JSON_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_JSON_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")


_NO_OBJECT = r'"parameter":"([^"]+)","detail":"the value is not of type \\"object\\""'

_SAID = {
    "not 2 times": "repeated-parameters",
    "(style `label`)": "missing-operators",
    "(style `matrix`)": "missing-operators",
    "must alternate names and values": "incomplete-objects",
    "the body is not utf-8 text": "charsets",
}


def excuse(subject: Sent | Answer, ours: Verdict, theirs: Verdict) -> str | None:
    """The name of the difference that explains two verdicts (or two readings, where both verdicts
    are "valid"), or None."""
    if ours.kept and theirs.kept:
        return "undeclared-form-members" if _differ_by_form_members(subject, ours, theirs) else None
    if ours.kept:
        if "EmptyQueryParameterValue" in theirs.told:
            return "empty-query-values"
        if theirs.told.startswith("crash: UnicodeEncodeError: 'ascii'"):
            return "byte-in-other-letters"
        if any(_EQUALS_IN_MEMBER.search(unquote_plus(text)) for text in _wholes(subject)) and (
            "dictionary update sequence element" in theirs.told
        ):
            return "equals-signs-in-members"
        empty = any("" in (text, text[1:]) for text in _wholes(subject))
        return "empty-objects" if empty and "has length 1; 2 is required" in theirs.told else None
    if not theirs.kept:
        return None
    for words, name in _SAID.items():
        if words in ours.told:
            return name
    if isinstance(subject, Sent):
        named = re.findall(_NO_OBJECT, ours.told)
        if any(name in named for name, _ in subject.query):
            return "values-for-objects"
        if "the body is " in ours.told and _is_lenient_json(subject.body):
            return "strict-json"
        is_form = subject.content_type == _FORM or _is_multipart(subject)
        if "Additional properties" in ours.told and is_form:
            return "undeclared-form-members"
    texts = list(_texts(subject))
    if re.search(r'not of types? [^]]*"(integer|number)\\?"', ours.told) and any(
        _only_python_reads(text) for text in texts
    ):
        return "numerals"
    if re.search(r'not of types? [^]]*"boolean\\?"', ours.told) and any(
        text.lower() in _LENIENT_BOOLEANS and text not in ("true", "false") for text in texts
    ):
        return "booleans"
    return None


_LENIENT_BOOLEANS = ("y", "yes", "t", "true", "on", "1", "n", "no", "f", "false", "off", "0")


def _texts(subject: Sent | Answer) -> Iterator[str]:
    """Every scalar text in parameters and forms, or in the headers of an answer."""
    for text in _wholes(subject):
        yield unquote_plus(text)
        yield from re.split(r"[,;=.&| ]", unquote_plus(text))
        yield from re.split(r"[,;=&|]", unquote_plus(text))
        yield text[1:] if text.startswith(".") else text


def _only_python_reads(text: str) -> bool:
    """Whether int() or float() takes what is not a number in JSON (or not an integer there)."""
    for read, spelled in ((int, _JSON_INTEGER), (float, _JSON_NUMBER)):
        try:
            read(text)
        except ValueError:
            continue
        if not spelled.fullmatch(text):
            return True
    return False


def _is_lenient_json(body: bytes | None) -> bool:
    """Whether json.loads takes the body: then only the strict reader refuses it."""
    try:
        json.loads(body or b"")
    except ValueError:
        return False
    return True


def _wholes(subject: Sent | Answer) -> list[str]:
    """The text of each parameter and of a form, or of each header of an answer."""
    whole = list(subject.headers.values())
    if isinstance(subject, Sent):
        whole += [*subject.path.values(), *subject.cookies.values()]
        whole += [text for _, text in subject.query]
        if subject.content_type == _FORM:
            whole.append((subject.body or b"").decode("utf-8", "replace"))
        if _is_multipart(subject):
            whole += [quote_plus(data) for _, data, _ in parts_of(subject)]
    return whole


def _differ_by_form_members(subject: Sent | Answer, ours: Verdict, theirs: Verdict) -> bool:
    """Whether the readings of a form are the same in every member that openapi-core looks at."""
    is_form = _is_multipart(subject) or getattr(subject, "content_type", None) == _FORM
    if not is_form or not ours.given or not theirs.given:
        return False
    read = theirs.given["body"] or {}
    known = {name: value for name, value in ours.given["body"].items() if name in read}
    return same_values({**ours.given, "body": known}, {**ours.given, **theirs.given, "body": read})
