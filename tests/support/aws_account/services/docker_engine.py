"""A Docker engine that builds and pushes nothing, and remembers what it was asked for.

It answers what the SAM CLI asks (Docker: Engine API, https://docs.docker.com/reference/api/engine/).
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from support.aws_account.messages import Answer, AwsError, Message

VERSION = "1.43"


@dataclass(frozen=True)
class Build:
    """`files` are the names in the build context."""

    tag: str
    platform: str
    arguments: dict[str, str]
    files: tuple[str, ...]


@dataclass(frozen=True)
class Push:
    repository: str
    tag: str
    image: str


@dataclass
class DockerEngine:
    """`builds` and `pushes` are recorded in their order; `broken` makes each build fail with that
    message. `pushed` is called with each push."""

    pushed: Callable[[Push], None] = lambda push: None
    builds: list[Build] = field(default_factory=list)
    pushes: list[Push] = field(default_factory=list)
    broken: str = ""
    unexpected: list[str] = field(default_factory=list)
    _images: dict[str, str] = field(default_factory=dict)

    def answer(self, message: Message) -> Answer:
        parts = urlsplit(message.target)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        path = unquote(parts.path)
        if path.startswith("/v1."):
            path = "/" + path.partition("/v1.")[2].partition("/")[2]
        if path == "/_ping":
            return Answer(200, {"Api-Version": VERSION, "Content-Type": "text/plain"}, b"OK")
        if path == "/version":
            return _json({"ApiVersion": VERSION, "Version": "24.0.0", "Os": "linux"})
        if path == "/info":
            return _json({"OSType": "linux", "Architecture": "x86_64"})
        if path == "/auth":
            return _json({"Status": "Login Succeeded"})
        if path == "/build":
            return self._build(query, message.body)
        if path.startswith("/images/"):
            name, _, action = path.removeprefix("/images/").rpartition("/")
            return self._image(name, action, query)
        self.unexpected.append(f"Docker: {message.method} {message.target}")
        return _json({"message": "page not found"}, 404)

    def _build(self, query: dict[str, str], context: bytes) -> Answer:
        with tarfile.open(fileobj=io.BytesIO(context)) as archive:
            files = tuple(sorted(member.name for member in archive if member.isfile()))
        arguments = json.loads(query.get("buildargs", "{}"))
        build = Build(query["t"], query.get("platform", ""), arguments, files)
        self.builds.append(build)
        if self.broken:
            return _lines({"stream": "Step 1"}, {"error": self.broken})
        written = json.dumps([build.tag, build.platform, arguments], sort_keys=True)
        image = f"sha256:{hashlib.sha256(written.encode()).hexdigest()}"
        self._images[build.tag] = self._images[image] = image
        short = image.removeprefix("sha256:")[:12]
        self._images[short] = image
        return _lines({"stream": "Step 1/1\n"}, {"stream": f"Successfully built {short}\n"})

    def _image(self, name: str, action: str, query: dict[str, str]) -> Answer:
        repository = name
        if action == "push":
            name = f"{name}:{query['tag']}"
        image = self._images.get(name)
        if image is None:
            return _json({"message": f"No such image: {name}"}, 404)
        if action == "json":
            return _json({"Id": image, "RepoTags": [name], "Os": "linux", "Architecture": "amd64"})
        if action == "tag":
            self._images[f"{query['repo']}:{query['tag']}"] = image
            return Answer(201, {}, b"")
        if action == "push":
            push = Push(repository, query["tag"], image)
            try:
                self.pushed(push)
            except AwsError as error:
                return _lines({"error": f"denied: {error.message}"})
            self.pushes.append(push)
            return _lines({"status": f"{query['tag']}: digest: {image} size: 1"})
        self.unexpected.append(f"Docker: {action} of the image {name}")
        return _json({"message": "page not found"}, 404)


def _json(value: Any, status: int = 200) -> Answer:
    return Answer(status, {"Content-Type": "application/json"}, json.dumps(value).encode())


def _lines(*values: dict[str, Any]) -> Answer:
    body = "".join(json.dumps(value) + "\r\n" for value in values)
    return Answer(200, {"Content-Type": "application/json"}, body.encode())
