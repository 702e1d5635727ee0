"""The process of the local DynamoDB: `python -m openapi_first.stage.dynamodb_server [fd [fd]]`.

It serves the first listening socket, or a free port, and prints the port to stdout. The second
socket is served after a byte on stdin. The process ends when stdin is closed.
"""

from __future__ import annotations

import functools
import gc
import logging
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

from openapi_first.stage.wsgi_server import WSGIServer

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_TARGET = "DynamoDB_20120810."


def main(descriptors: list[int]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    opened = threading.Event()
    threading.Thread(target=_end_with_parent, args=(opened,), daemon=True).start()
    logging.disable(logging.CRITICAL)
    gc.disable()  # modules stay: a search for cycles among them finds nothing
    app = application()
    gc.freeze()
    gc.enable()

    def serve_later(descriptor: int) -> None:
        opened.wait()
        WSGIServer(app, descriptor).serve_forever()

    for descriptor in descriptors[1:]:
        threading.Thread(target=serve_later, args=(descriptor,), daemon=True).start()
    server = WSGIServer(app, descriptors[0] if descriptors else None)
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # stdout is for the port only; what moto prints goes to stderr
    print(server.port, file=out, flush=True)
    out.close()
    server.serve_forever()


def application() -> WSGIApplication:
    """Moto's DynamoDB; what is not one of its operations goes to moto's own server application,
    which is imported then, with Flask: that takes a sixth of the time to start."""
    import moto.iam.models  # noqa: F401  # moto does so during the first request
    from moto.core.request import Request
    from moto.dynamodb.responses import DynamoHandler
    from werkzeug.wrappers import Response

    class ServerRequest(Request):
        from_wsgi_server = True

    one_at_a_time = threading.Lock()

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        # moto checks a condition and writes without a lock around the two, so two racing
        # conditional writes can both succeed, which never happens on DynamoDB. Rare at Python's
        # default switch interval; at 1 us, in 44 of 150 races of 16 threads (moto 5.2.5).
        with one_at_a_time:
            if not _is_operation(environ):
                return whole_server()(environ, start_response)
            request = ServerRequest(environ)
            status, headers, content = DynamoHandler.dispatch(
                request, request.raw_url, dict(request.headers)
            )
            return Response(content, status, headers)(environ, start_response)

    return answer


@functools.cache
def whole_server() -> WSGIApplication:
    """Moto's own application, for every service that it has."""
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    made: WSGIApplication = DomainDispatcherApplication(create_backend_app)
    return made


def _is_operation(environ: WSGIEnvironment) -> bool:
    """Whether it is a signed operation of DynamoDB, and not from a browser, which needs CORS."""
    return (
        environ["REQUEST_METHOD"] == "POST"
        and environ["PATH_INFO"] == "/"
        and environ.get("HTTP_X_AMZ_TARGET", "").startswith(_TARGET)
        and "/dynamodb/" in environ.get("HTTP_AUTHORIZATION", "")
        and "HTTP_ORIGIN" not in environ
    )


def _end_with_parent(opened: threading.Event) -> None:
    while sys.stdin.buffer.read(1):
        opened.set()
    os._exit(0)


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]])
