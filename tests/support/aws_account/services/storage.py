"""S3: buckets and objects, by path-style addresses (AWS: Amazon S3 API Reference)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from support.aws_account.messages import Answer, AwsError


class Storage:
    """`buckets` have the objects by their keys."""

    def __init__(self) -> None:
        self.buckets: dict[str, dict[str, bytes]] = {}

    def put_object(self, bucket: str, key: str, body: bytes = b"", **options: Any) -> Answer:
        if str(options.get("content_encoding", "")).startswith("aws-chunked"):
            body = _unchunked(body)
        self._bucket(bucket)[key] = body
        return Answer(200, {"ETag": _tag(body)}, b"")

    def head_object(self, bucket: str, key: str, **_: Any) -> Answer:
        if key not in self._bucket(bucket):
            return Answer(404, {}, b"")
        body = self.buckets[bucket][key]
        return Answer(200, {"ETag": _tag(body), "Content-Length": str(len(body))}, b"")

    def get_object(self, bucket: str, key: str, **_: Any) -> Answer:
        return Answer(200, {"ETag": _tag(self.object(bucket, key))}, self.object(bucket, key))

    def delete_object(self, bucket: str, key: str, **_: Any) -> Answer:
        self._bucket(bucket).pop(key, None)
        return Answer(204, {}, b"")

    def list_objects_v2(self, bucket: str, prefix: str = "", **_: Any) -> Answer:
        keys = sorted(key for key in self._bucket(bucket) if key.startswith(prefix))
        found = "".join(f"<Contents><Key>{escape(key)}</Key></Contents>" for key in keys)
        text = f"<ListBucketResult><IsTruncated>false</IsTruncated>{found}</ListBucketResult>"
        return Answer(200, {"Content-Type": "application/xml"}, text.encode())

    def object(self, bucket: str, key: str) -> bytes:
        found = self._bucket(bucket).get(key)
        if found is None:
            raise AwsError("NoSuchKey", "The specified key does not exist.", 404)
        return found

    def _bucket(self, name: str) -> dict[str, bytes]:
        if name not in self.buckets:
            raise AwsError("NoSuchBucket", "The specified bucket does not exist", 404)
        return self.buckets[name]


class Registry:
    """ECR: `images` are the digests by the tags, by the names of repositories (AWS: Amazon ECR API
    Reference)."""

    def __init__(self, host: str) -> None:
        self.host = host
        self.images: dict[str, dict[str, str]] = {}

    def get_authorization_token(self, **_: Any) -> dict[str, Any]:
        token = "QVdTOnBhc3N3b3Jk"  # AWS:password
        return {
            "authorizationData": [
                {
                    "authorizationToken": token,
                    "expiresAt": 4102444800,
                    "proxyEndpoint": f"https://{self.host}",
                }
            ]
        }

    def describe_repositories(
        self, repository_names: list[str] | None = None, **_: Any
    ) -> dict[str, Any]:
        names = list(self.images) if repository_names is None else repository_names
        for name in names:
            self.repository(name)
        return {
            "repositories": [
                {"repositoryName": name, "repositoryUri": f"{self.host}/{name}"} for name in names
            ]
        }

    def batch_delete_image(
        self, repository_name: str, image_ids: list[Mapping[str, str]], **_: Any
    ) -> dict[str, Any]:
        found = self.repository(repository_name)
        failures = []
        for image in image_ids:
            if found.pop(image["imageTag"], None) is None:
                reason = "Requested image not found"
                failure = {"failureCode": "ImageNotFound", "failureReason": reason}
                failures.append({"imageId": image, **failure})
        return {"imageIds": image_ids, "failures": failures}

    def delete_repository(
        self, repository_name: str, force: bool = False, **_: Any
    ) -> dict[str, Any]:
        images = self.repository(repository_name)
        if images and not force:
            message = f"The repository with name '{repository_name}' still contains images"
            raise AwsError("RepositoryNotEmptyException", message)
        del self.images[repository_name]
        return {"repository": {"repositoryName": repository_name}}

    def repository(self, name: str) -> dict[str, str]:
        if name not in self.images:
            message = f"The repository with name '{name}' does not exist in the registry"
            raise AwsError("RepositoryNotFoundException", message)
        return self.images[name]


def _tag(body: bytes) -> str:
    return f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'


def _unchunked(body: bytes) -> bytes:
    """AWS: sigv4-streaming-trailers. Each chunk is its size in hexadecimal, a line, and itself."""
    found = []
    while body:
        head, _, body = body.partition(b"\r\n")
        size = int(head.split(b";")[0], 16)
        if not size:
            break
        found.append(body[:size])
        body = body[size + 2 :]
    return b"".join(found)
