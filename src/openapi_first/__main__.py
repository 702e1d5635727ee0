"""The command `contract`, also as `python -m openapi_first`."""

# Not `signal`: it imports `enum` first, which takes as long as Python's own start.
from _signal import (  # type: ignore[import-not-found]
    SIG_DFL,
    SIG_IGN,
    SIGINT,
    getsignal,
    signal,
)


def main() -> int:
    """Runs one command and returns its exit status."""
    # Python would print a traceback of the imports, and an interrupted import may raise any
    # exception. Commands that have something to clean up take the signal back. A shell without job
    # control has commands in the background ignore the signal: they still do.
    if getsignal(SIGINT) != SIG_IGN:
        signal(SIGINT, SIG_DFL)
    from openapi_first.cli.main import main as command

    return command()


if __name__ == "__main__":
    raise SystemExit(main())
