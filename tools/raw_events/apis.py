"""Contracts, each with events that match it and with results of its functions."""

from __future__ import annotations

import base64
import gzip
import json
from dataclasses import dataclass
from typing import Any

import yaml
from hypothesis import HealthCheck, Phase, given, seed, settings

from differential.differences import for_reference
from differential.exchanges import Case, cases
from differential.wire import Sent
from openapi_first.runtime import Reply

SECRET = "planted-s3cret"
CONTRACT = """
openapi: 3.0.3
info: {title: Raw, version: "1"}
paths:
  /plain:
    get: &get
      operationId: readPlain
      parameters:
        - {name: n, in: query, schema: {type: number}}
        - {name: many, in: query, schema: {type: array, items: {type: integer}}}
        - {name: deep, in: query, style: deepObject, schema: {type: object}}
        - {name: X-Trace, in: header, schema: {type: string, format: date-time}}
        - {name: crumb, in: cookie, schema: {type: string}}
      responses:
        "200":
          description: ok
          headers: {X-Count: {schema: {type: integer}}}
          content: {application/json: {schema: {type: object}}}
    head: {<<: *get, operationId: headPlain}
  /things/{thing}:
    post:
      operationId: addThing
      parameters: [{name: thing, in: path, required: true, schema: {type: string, maxLength: 9}}]
      requestBody:
        content:
          application/json: {schema: {type: object, additionalProperties: {type: number}}}
          text/plain: {}
          application/x-www-form-urlencoded: &form
            schema: {type: object, properties: {a: {type: integer}}}
          multipart/form-data: *form
          application/octet-stream: {}
      responses:
        "200": {description: ok, content: {application/json: {schema: {type: object}}}}
        default:
          description: no
          content:
            application/json:
              schema:
                type: object
                required: [code, message]
                properties: {code: {type: string}, message: {type: string}}
                additionalProperties: false
  /formats:
    x-amazon-apigateway-any-method:
      operationId: anyFormat
      parameters:
        - {name: uuid, in: query, schema: {type: string, format: uuid}}
        - {name: date, in: query, schema: {type: string, format: date}}
        - {name: byte, in: query, schema: {type: string, format: byte}}
        - {name: int32, in: query, schema: {type: integer, format: int32}}
        - {name: int64, in: query, schema: {type: integer, format: int64}}
        - {name: float, in: query, schema: {type: number, format: float}}
        - {name: time, in: query, schema: {type: string, format: time}}
        - {name: uri, in: query, schema: {type: string, format: uri}}
        - {name: email, in: query, schema: {type: string, format: email}}
        - {name: regex, in: query, schema: {type: string, pattern: '^(?=a)[a-z]+$'}}
        - {name: ipv4, in: query, schema: {type: string, format: ipv4}}
      responses:
        "200":
          description: ok
          content:
            application/json: {}
            text/*: {}
            application/xml: {}
            image/png: {schema: {type: string, format: binary}}
            application/vnd.a+json: {schema: {type: object}}
        2XX: {description: ok, content: {text/csv: {}}}
"""


@dataclass(frozen=True)
class Api:
    """`judged_by` is what answers are judged by, if it is not the document itself. `strict` is
    whether the contract declares errors that a problem can match. It is served once for each of
    `middlewares`: without one that changes responses, and with it."""

    document: dict[str, Any]
    events: tuple[dict[str, Any], ...]
    replies: tuple[Reply[Any], ...] = ()
    judged_by: dict[str, Any] | None = None
    strict: bool = True
    middlewares: tuple[bool, ...] = (False,)


def event(
    method: str,
    resource: str,
    body: Any = None,
    headers: dict[str, str] | None = None,
    query: dict[str, list[str]] | None = None,
    path: dict[str, str] | None = None,
) -> dict[str, Any]:
    """As API Gateway sends it; bytes are sent in Base64."""
    lines = {"x-api-key": SECRET, **(headers or {})}
    return {
        "resource": resource,
        "path": resource,
        "httpMethod": method,
        "headers": lines,
        "multiValueHeaders": {name: [line] for name, line in lines.items()},
        "queryStringParameters": query and {name: texts[-1] for name, texts in query.items()},
        "multiValueQueryStringParameters": query,
        "pathParameters": path,
        "requestContext": {"requestId": "6f1fb7e7-02d7-4f8f-9d38-0f7ec1d1f6f2", "path": "/x"},
        "body": base64.b64encode(body).decode() if isinstance(body, bytes) else body,
        "isBase64Encoded": isinstance(body, bytes),
    }


_QUERY = {"n": ["1"], "many": ["1", "2"], "deep[a]": [SECRET]}
_FORMATS = {
    "uuid": ["6f1fb7e7-02d7-4f8f-9d38-0f7ec1d1f6f2"], "date": ["2026-11-24"], "byte": ["YQ=="],
    "int32": ["1"], "int64": ["-1"], "float": ["1.5"], "time": ["09:30:00Z"], "regex": ["abc"],
    "uri": ["https://a.example/"], "email": ["a@b.example"], "ipv4": ["127.0.0.1"],
}  # fmt: skip
_TYPES = ("application/json", "text/html;q=0.5, */*;q=0.1", "image/png", "application/xml")


def _own() -> Api:
    one, path = "/things/{thing}", {"thing": "one"}
    json_text = json.dumps({SECRET: 1, "b": 2.5})
    part = f'--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n{SECRET}\r\n--B--\r\n'
    crumbs = {"X-Trace": "2026-11-24T09:30:00Z", "cookie": f"crumb={SECRET}; a=b"}
    bodies = (
        (json_text, {"content-type": "application/json"}),
        (gzip.compress(json_text.encode()), {"content-encoding": "gzip"}),
        (f"a=1&b={SECRET}", {"content-type": "application/x-www-form-urlencoded"}),
        (part.encode(), {"content-type": "multipart/form-data; boundary=B"}),
        (SECRET, {"content-type": "text/plain; charset=latin-1"}),
        (SECRET.encode(), {"content-type": "application/octet-stream"}),
    )
    origin = {"origin": "https://a.example", "accept-encoding": "gzip"}
    return Api(
        yaml.safe_load(CONTRACT),
        (
            event("GET", "/plain", headers=crumbs, query=_QUERY),
            event("HEAD", "/plain", headers=origin, query=_QUERY),
            event("OPTIONS", "/plain", headers=origin),
            event("GET", "/none"),
            *(event("POST", one, body, headers, path=path) for body, headers in bodies),
            *(
                event("PATCH", "/formats", headers={"accept": each}, query=_FORMATS)
                for each in _TYPES
            ),
        ),
        middlewares=(False, True),
    )


def apis(number: int, generated: int) -> list[Api]:
    """The API of CONTRACT, and some that are made by chance: parameters in every style, bodies of
    every kind, in OpenAPI 3.0 and 3.1."""
    found = [_own()]

    @seed(number)
    @settings(
        max_examples=generated,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases())
    def collect(case: Case) -> None:
        found.append(_of_case(case))

    if generated:
        collect()
    return found


def _of_case(case: Case) -> Api:
    (resource,) = case.document["paths"]
    return Api(
        case.document,
        tuple(_of_sent(resource, each) for each in case.requests),
        tuple(Reply(each.value, each.status, each.headers) for each in case.answers),
        for_reference(case, "response"),
        strict=False,
    )


def _of_sent(resource: str, sent: Sent) -> dict[str, Any]:
    headers = dict(sent.headers)
    if sent.content_type is not None:
        headers["Content-Type"] = sent.content_type
    if sent.cookies:
        headers["Cookie"] = "; ".join(f"{name}={text}" for name, text in sent.cookies.items())
    query: dict[str, list[str]] = {}
    for name, text in sent.query:
        query.setdefault(name, []).append(text)
    return event("POST", resource, sent.body, headers, query or None, sent.path or None)
