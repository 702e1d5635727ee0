"""Reads the requests of boto3 and renders answers, by botocore's models of the services.

The protocols are those of https://smithy.io/2.0/aws/protocols/: query, JSON, REST-JSON and, for S3,
REST-XML. A request is recorded under the names that boto3 gives to its parameters.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

import botocore.session
from botocore.model import OperationModel, ServiceModel

from support.aws_account import rest_requests
from support.aws_account.messages import Answer, AwsError, Message, Request

SERVICES = {"monitoring": "cloudwatch"}
"""The names of services by those that requests are signed for, where they differ."""
_SCOPE = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/aws4_request")
_XMLNS = {"cloudformation": "http://cloudformation.amazonaws.com/doc/2010-05-15/"}


def signed_for(message: Message) -> tuple[str, str, str]:
    """Access key, region and service, from the signature (AWS: sigv4, credential scope)."""
    found = _SCOPE.search(message.headers.get("Authorization", ""))
    if found is None:
        raise AwsError("MissingAuthenticationToken", "Request is missing Authentication Token", 403)
    return found[1], found[2], SERVICES.get(found[3], found[3])


def parsed(message: Message, region: str, service: str) -> Request:
    """The request. Raises LookupError if the service has no such operation."""
    model = _model(service)
    protocol = model.resolved_protocol
    if protocol == "query":
        values = dict(parse_qsl(message.body.decode(), keep_blank_values=True))
        operation = model.operation_model(values["Action"])
        found = _from_query(operation.input_shape, values, "") if operation.input_shape else {}
        return Request(service, operation.name, region, found)
    if protocol == "json":
        name = message.headers["X-Amz-Target"].rpartition(".")[2]
        return Request(service, name, region, json.loads(message.body or b"{}"))
    operation, found = rest_requests.read(model, message)
    return Request(service, operation.name, region, found)


def rendered(request: Request, result: Any) -> Answer:
    """The answer. `result` has the shape of the API's reference; that of a REST service is sent as
    it is: bytes, or what JSON is made from."""
    if isinstance(result, Answer):
        return result
    model = _model(request.service)
    if model.resolved_protocol == "query":
        operation = model.operation_model(request.operation)
        inner = ""
        if operation.output_shape is not None:
            wrapper = operation.output_shape.serialization.get("resultWrapper", "Result")
            inner = f"<{wrapper}>{_xml(operation.output_shape, result or {})}</{wrapper}>"
        name = f"{request.operation}Response"
        namespace = _XMLNS.get(request.service, "https://sts.amazonaws.com/doc/2011-06-15/")
        text = f'<{name} xmlns="{namespace}">{inner}</{name}>'
        return Answer(200, {"Content-Type": "text/xml"}, text.encode())
    if model.resolved_protocol == "json":
        kind = f"application/x-amz-json-{model.metadata['jsonVersion']}"
        return Answer(200, {"Content-Type": kind}, json.dumps(result).encode())
    status = int(model.operation_model(request.operation).http.get("responseCode", 200))
    body = result if isinstance(result, bytes) else json.dumps(result or {}).encode()
    return Answer(status, {"Content-Type": "application/json"}, b"" if result is None else body)


def refused(service: str, error: AwsError) -> Answer:
    """The answer that botocore reads as the error."""
    protocol = _model(service).resolved_protocol if service else "query"
    if protocol in ("json", "rest-json"):
        body = json.dumps({"__type": error.code, "message": error.message}).encode()
        headers = {"Content-Type": "application/json", "x-amzn-ErrorType": error.code}
        return Answer(error.status, headers, body)
    inner = f"<Code>{error.code}</Code><Message>{escape(error.message)}</Message>"
    text = f"<Error>{inner}</Error>"
    if protocol == "query":
        text = f"<ErrorResponse><Error><Type>Sender</Type>{inner}</Error></ErrorResponse>"
    return Answer(error.status, {"Content-Type": "text/xml"}, text.encode())


def operation_of(request: Request) -> OperationModel:
    return _model(request.service).operation_model(request.operation)


@cache
def _model(service: str) -> ServiceModel:
    return botocore.session.get_session().get_service_model(service)


def _from_query(shape: Any, values: Mapping[str, str], prefix: str) -> Any:
    """What the keys below `prefix` say, by its shape; an empty list is `Name=`."""
    if shape.type_name == "structure":
        found = {}
        for name, member in shape.members.items():
            key = f"{prefix}.{name}" if prefix else name
            if any(each == key or each.startswith(f"{key}.") for each in values):
                found[name] = _from_query(member, values, key)
        return found
    if shape.type_name == "list":
        below = _numbered(values, f"{prefix}.member")
        return [_from_query(shape.member, values, each) for each in below]
    if shape.type_name == "map":
        below = _numbered(values, f"{prefix}.entry")
        return {values[f"{each}.key"]: values[f"{each}.value"] for each in below}
    text = values[prefix]
    if shape.type_name == "boolean":
        return text == "true"
    return int(text) if shape.type_name in ("integer", "long") else text


def _numbered(values: Mapping[str, str], prefix: str) -> list[str]:
    """`prefix.1`, `prefix.2` and so on, as far as there are values."""
    found: list[str] = []
    while True:
        each = f"{prefix}.{len(found) + 1}"
        if not any(key == each or key.startswith(f"{each}.") for key in values):
            return found
        found.append(each)


def _xml(shape: Any, value: Any) -> str:
    if shape.type_name == "structure":
        unknown = value.keys() - shape.members.keys()
        assert not unknown, f"{shape.name} has no {unknown}"
        return "".join(
            f"<{name}>{_xml(shape.members[name], each)}</{name}>"
            for name, each in value.items()
            if each is not None
        )
    if shape.type_name == "list":
        return "".join(f"<member>{_xml(shape.member, each)}</member>" for each in value)
    if shape.type_name == "boolean":
        return "true" if value else "false"
    return escape(str(value))
