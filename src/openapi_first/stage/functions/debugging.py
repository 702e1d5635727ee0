"""Debugging a function in its worker: an editor by debugpy, or `breakpoint()` in the terminal."""

from __future__ import annotations

import os
import pdb
import sys
from typing import Any


def start_debugging(port: int, terminal: int) -> None:
    """Lets an editor attach on 127.0.0.1, and sends `breakpoint()` to it while it is attached.

    Otherwise `breakpoint()` reads from standard input and writes to the descriptor `terminal`,
    since what the function prints is not shown before its line ends.
    """
    import debugpy

    _, port = debugpy.listen(("127.0.0.1", port))
    sys.stdout.write(
        f"Attach a debugger to 127.0.0.1:{port}; breakpoint() stops there, or in the terminal.\n"
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
