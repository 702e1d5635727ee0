"""A stage that runs beside the tests: `contract serve` in separate processes."""

from __future__ import annotations

import http.client
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from openapi_first.core.temporary_folder import temporary_folder
from openapi_first.serving.separate_stage import separate_stage
from openapi_first.serving.testing.messages import (
    NOTHING,
    HeaderValues,
    QueryValues,
    Request,
    Response,
)
from openapi_first.serving.testing.tokens import by_authorizer

_SECONDS_TO_ANSWER = 60.0
"""Longer than API Gateway waits for a function."""


@dataclass(frozen=True, slots=True)
class RunningStage:
    """How to call a stage. `urls` are by the names of the APIs if it serves several, and `url` is
    the first one's. `api_keys` are by their ids, and `api_key` is the first one. `tokens` are what
    authorizers accept, by their names; for methods with scopes, these are `access_tokens`.
    `dynamodb_url` is where its functions find DynamoDB, for `boto3`'s `endpoint_url`."""

    url: str
    urls: Mapping[str, str]
    api_key: str | None
    api_keys: Mapping[str, str]
    tokens: Mapping[str, str]
    access_tokens: Mapping[str, str]
    dynamodb_url: str | None
    log_file: Path

    @property
    def log(self) -> str:
        """What the stage and its functions have printed until now."""
        return self.log_file.read_text("utf-8", "replace")

    def request(
        self,
        method: str,
        path: str,
        *,
        headers: HeaderValues | None = None,
        query: QueryValues | None = None,
        json: object = NOTHING,
        body: bytes | str | None = None,
        send_key: bool = True,
        api: str | None = None,
    ) -> Response:
        """The response to a request for a path below the stage, as in `/items/1`. A list is a
        header or a parameter that is repeated. The API key is sent unless `headers` have one or
        `send_key` is false. `api` is one of `urls`. Raises ValueError for what cannot be sent, and
        OSError if the stage cannot be reached."""
        sent = Request.of(
            method,
            path,
            headers=headers,
            query=query,
            json=json,
            body=body,
            api_key=self.api_key if send_key else None,
        )
        url = urlsplit(self.url if api is None else self.urls[api])
        assert url.hostname is not None
        connection = http.client.HTTPConnection(url.hostname, url.port, timeout=_SECONDS_TO_ANSWER)
        try:
            connection.putrequest(sent.method, url.path + sent.target, skip_accept_encoding=True)
            for name, value in sent.headers:
                connection.putheader(name, value)
            if sent.body is not None:
                connection.putheader("Content-Length", str(len(sent.body)))
            connection.endheaders(sent.body)
            response = connection.getresponse()
            pairs = [(name.lower().encode("latin-1"), value.encode("latin-1"))
                     for name, value in response.getheaders()]  # fmt: skip
            return Response(response.status, Headers(raw=pairs), response.read())
        finally:
            connection.close()


@contextmanager
def running_stage(
    path: str | Path | None = None,
    *,
    handler: str | None = None,
    functions: Mapping[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
    setup: str | None = None,
    parameters: Mapping[str, str] | None = None,
    api: str | None = None,
    stage: str | None = None,
    stage_prefix: bool = True,
    api_key: str | None = None,
    dynamodb: bool = True,
    arguments: Sequence[str] = (),
    seconds_to_start: float = 120,
) -> Iterator[RunningStage]:
    """Runs a stage on a free port until the block ends, or the process of the tests does.

    `path` is a contract, an import document, a SAM or CloudFormation template, or `cdk.out`;
    without it, the contract of the project in this folder. The others are options of `contract
    serve`, and `arguments` are those that are missing here. `environment` has variables of the
    functions, `parameters` and `api` are for a template.

    Raises CannotServe with the log if the stage does not start.
    """
    with temporary_folder() as folder:
        given = [] if path is None else [str(path)]
        repeated = {"--parameter": parameters, "--function": functions, "--env": environment}
        for option, values in repeated.items():
            given += [f"{option}={name}={value}" for name, value in (values or {}).items()]
        single = {
            "--handler": handler,
            "--setup": setup,
            "--api": api,
            "--stage": stage,
            "--api-key": api_key,
        }
        given += [f"{option}={value}" for option, value in single.items() if value is not None]
        given += [] if stage_prefix else ["--no-stage-prefix"]
        given += [] if dynamodb else ["--no-dynamodb"]
        log = folder / "stage.log"
        with separate_stage((*given, *arguments), log) as starting:
            announced = starting.announcement(seconds_to_start)
            yield RunningStage(
                url=announced.base_url,
                urls=announced.base_urls,
                api_key=announced.api_key,
                api_keys=dict(announced.api_keys),
                tokens=by_authorizer(announced.tokens, for_scopes=False),
                access_tokens=by_authorizer(announced.tokens, for_scopes=True),
                dynamodb_url=announced.dynamodb,
                log_file=log,
            )
