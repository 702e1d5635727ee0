"""HTTP of the direct client: kept connections of urllib3, with botocore's errors and settings."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from botocore import exceptions
from botocore.httpsession import ProxyConfiguration, create_urllib3_context, get_cert_path
from botocore.utils import get_environ_proxies
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager, Timeout, proxy_from_url
from urllib3 import exceptions as urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util import Retry

from items.deadline import LimitedResponse

_NO_RETRY = Retry(False)
_CHUNK = 1024 * 1024
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}
_ERRORS: tuple[tuple[Any, type[exceptions.BotoCoreError]], ...] = (
    (urllib3.SSLError, exceptions.SSLError),
    ((urllib3.NewConnectionError, socket.gaierror), exceptions.EndpointConnectionError),
    (urllib3.ProxyError, exceptions.ProxyConnectionError),
    (urllib3.ConnectTimeoutError, exceptions.ConnectTimeoutError),
    (urllib3.ReadTimeoutError, exceptions.ReadTimeoutError),
    (urllib3.ProtocolError, exceptions.ConnectionClosedError),
    (Exception, exceptions.HTTPClientError),
)
"""botocore's error for each of urllib3's."""


class _Connection(HTTPConnection):
    """By default, urllib3's have TCP_NODELAY: without it, the system may hold a body back until the
    other side has acknowledged the head, which takes 40 ms (tcp(7))."""

    response_class = LimitedResponse


class _TLSConnection(HTTPSConnection):
    response_class = LimitedResponse


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = _TLSConnection


@dataclass(frozen=True, slots=True)
class Answer:
    """The names are those of botocore's AWSResponse. The headers ignore case."""

    status_code: int
    headers: Any
    content: bytes


class Endpoint:
    """Where all requests go, through a proxy if the environment has one. Thread-safe."""

    def __init__(
        self, url: str, timeout: Timeout, connections: int, certificates: str | None
    ) -> None:
        """`timeout` is for a connection and for each read. `certificates` is a file of authorities;
        botocore has its own."""
        self.url = url
        parts = urlsplit(url)
        self.host = parts.netloc.rpartition("@")[2].removesuffix(_DEFAULT_PORTS[parts.scheme])
        verified: Any = certificates or True
        options: dict[str, Any] = {"timeout": timeout, "maxsize": connections}
        if parts.scheme == "https":
            options |= {
                "ssl_context": create_urllib3_context(),
                "cert_reqs": "CERT_REQUIRED",
                "ca_certs": get_cert_path(verified),
            }
        proxies: Any = ProxyConfiguration(proxies=get_environ_proxies(url))
        self._proxy: str = proxies.proxy_url_for(url) or ""
        if self._proxy:
            headers = proxies.proxy_headers_for(self._proxy)
            self._pools: PoolManager = proxy_from_url(self._proxy, proxy_headers=headers, **options)
        else:
            self._pools = PoolManager(**options)
        self._pools.pool_classes_by_scheme = {"http": _Pool, "https": _TLSPool}
        # A proxy forwards a request without TLS by its whole URL (RFC 9112 §3.2.2).
        whole = self._proxy and parts.scheme == "http"
        self._target = url if whole else parts.path or "/"
        self._pool = self._pools.connection_from_url(url)

    def close(self) -> None:
        """Closes the connections that no request uses; the next request opens another."""
        self._pools.clear()
        self._pool = self._pools.connection_from_url(self.url)

    def send(self, headers: Mapping[str, str], body: bytes) -> Answer:
        """The answer to a POST. Raises botocore's ConnectionError or HTTPClientError."""
        try:
            response = self._pool.urlopen(
                "POST",
                self._target,
                body,
                headers,
                retries=_NO_RETRY,
                redirect=False,
                assert_same_host=False,
                preload_content=False,
                decode_content=False,
                enforce_content_length=False,
            )
            # `items.answers` reports a body that is too short. The last read finds no more, so that
            # the connection is free for the next request.
            content = response.read(_CHUNK)
            while more := response.read(_CHUNK):
                content += more
        except Exception as error:
            raised = next(ours for theirs, ours in _ERRORS if isinstance(error, theirs))
            # Without the proxy's user and password.
            proxy = urlsplit(self._proxy).hostname
            raise raised(endpoint_url=self.url, proxy_url=proxy, error=error) from error
        return Answer(response.status, response.headers, content)
