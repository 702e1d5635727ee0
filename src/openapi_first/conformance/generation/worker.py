"""The process that generates: `python -m openapi_first.conformance.generation.worker DESCRIPTOR`.

It receives a task, sends what is generated for each batch, then each step of a sequence, of which
it receives the response, and None at the end. It ends when its parent does, since nobody is left
to receive what it sends.
"""

from __future__ import annotations

import contextlib
import math
import sys
from multiprocessing.connection import Connection

from openapi_first.conformance.generation.task import GenerationFailed, Route
from openapi_first.conformance.model.messages import Request, Response
from openapi_first.core.signals import end_without_reader


def main(descriptor: int) -> None:
    """Generates until the end of the task."""
    end_without_reader(descriptor)
    with contextlib.suppress(EOFError, ConnectionError), Connection(descriptor) as parent:
        try:
            _generate(parent)
        except (EOFError, ConnectionError):
            raise
        except Exception as error:
            from openapi_first.conformance.judging.unjudged import reason_of

            parent.send(GenerationFailed(reason_of(error)))


def _generate(parent: Connection) -> None:
    from openapi_first.conformance.generation.schemathesis_data import SchemathesisGenerator

    def send(route: Route, request: Request) -> Response | None:
        parent.send((route, request))
        response: Response | None = parent.recv()
        return response

    generator = SchemathesisGenerator(parent.recv())
    for _, generated in generator.batches(math.inf):
        parent.send(generated)
    generator.run_sequences(send, math.inf)
    parent.send(None)


if __name__ == "__main__":
    main(int(sys.argv[1]))
