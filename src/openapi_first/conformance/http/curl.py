"""The shell command that repeats a request."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from openapi_first.conformance.http.placeholders import shell_quoted
from openapi_first.conformance.model.messages import Request

_LONGEST_BODY = 2000


def curl_command(request: Request, base_url: str, placeholders: Mapping[str, str]) -> str:
    """The shell expands the placeholders of credentials. A long body is cut, and its length is in a
    comment at the end."""
    url = shell_quoted(base_url.rstrip("/") + request.target, placeholders)
    # curl would expand braces and brackets.
    words = ["curl", "-gi" if set(url) & set("{}[]") else "-i"]
    if request.method != "GET" or request.body is not None:
        words += ["-X", request.method]
    for name, value in request.headers:
        words += ["-H", shell_quoted(f"{name}: {value}" if value else f"{name};", placeholders)]
    if request.body is None:
        return " ".join([*words, url])
    text = request.body.decode("utf-8", "backslashreplace")
    words += ["--data-raw", shlex.quote(text[:_LONGEST_BODY]), url]
    if len(text) > _LONGEST_BODY:
        words.append(f"# … {len(request.body)} bytes")
    return " ".join(words)
