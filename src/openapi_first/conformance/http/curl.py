"""The shell command that repeats a request."""

from __future__ import annotations

import base64
import shlex
from collections.abc import Mapping, Sequence

from openapi_first.conformance.http.placeholders import shell_quoted
from openapi_first.conformance.model.messages import Request

_LONGEST_BODY = 2000


def curl_command(
    request: Request,
    base_url: str,
    placeholders: Mapping[str, str],
    options: Sequence[str] = (),
) -> str:
    """The shell expands the placeholders of credentials. A body that is not text is decoded from
    base64. A long text is cut, and its length is in a comment at the end; the JSON report has
    it. `options` are further ones of curl."""
    url = base_url.rstrip("/") + request.target
    words = ["curl", _flags(request, url), *options]
    if any(step in (".", "..") for step in request.target.partition("?")[0].split("/")):
        words.append("--path-as-is")
    if request.method not in ("GET", "HEAD") or (request.method == "GET" and request.body):
        words += ["-X", request.method]
    for name, value in request.headers:
        words += ["-H", shell_quoted(f"{name}: {value}" if value else f"{name};", placeholders)]
    target = shell_quoted(url, placeholders)
    if request.body is None:
        return " ".join([*words, target])
    if request.header("Content-Type") is None:
        words += ["-H", "Content-Type:"]  # curl would add the one of forms
    text = _text(request.body)
    if text is None:
        encoded = base64.b64encode(request.body).decode("ascii")
        return " ".join(
            ["echo", encoded, "|", "base64", "-d", "|", *words, "--data-binary", "@-", target]
        )
    words += ["--data-raw", shlex.quote(text[:_LONGEST_BODY]), target]
    if len(text) > _LONGEST_BODY:
        words.append(f"# … {len(request.body)} bytes")
    return " ".join(words)


def _flags(request: Request, url: str) -> str:
    """curl would expand braces and brackets, and wait for the body of a response to HEAD."""
    globbing = "g" if set(url) & set("{}[]") else ""
    return f"-{globbing}{'I' if request.method == 'HEAD' else 'i'}"


def _text(body: bytes) -> str | None:
    """The body as text, None if a shell cannot pass it on."""
    if b"\x00" in body:
        return None
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None
