"""Debugging a function in its worker: an editor by debugpy, or `breakpoint()` in the terminal."""

from __future__ import annotations

import os
import pdb
import sys
from typing import Any

_HOST = "127.0.0.1"


class CannotDebug(Exception):
    """No editor could attach."""


def start_debugging(port: int, terminal: int) -> None:
    """Lets an editor attach on 127.0.0.1, and sends `breakpoint()` to it while it is attached.

    Otherwise `breakpoint()` reads from standard input and writes to the descriptor `terminal`,
    since what the function prints is not shown before its line ends. Raises CannotDebug.
    """
    set_trace = sys.settrace
    import debugpy

    try:
        _, port = debugpy.listen((_HOST, port))
    except RuntimeError as error:
        raise CannotDebug(
            f"no editor could attach at port {port} on {_HOST}: {error}. Stop what uses the port, "
            "or choose another with --debug PORT"
        ) from None
    sys.settrace = set_trace  # debugpy's own warns about the debugger in the terminal
    sys.stdout.write(
        f"Attach a debugger to {_HOST}:{port}; breakpoint() stops there, or in the terminal.\n"
    )
    debugger = pdb.Pdb(stdin=sys.stdin, stdout=os.fdopen(terminal, "w", buffering=1))
    debugger.prompt = "(pdb) "

    def stop(*_: Any, **__: Any) -> None:
        caller = sys._getframe(1)  # noqa: SLF001 - the frame that called breakpoint()
        if debugpy.is_client_connected():
            debugpy.breakpoint()
        else:
            debugger.set_trace(caller)

    sys.breakpointhook = stop
