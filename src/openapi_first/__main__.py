"""The command `contract`, also as `python -m openapi_first`."""

# Not `signal`: it imports `enum` first, which takes as long as Python's own start.
from _signal import SIG_DFL, SIGINT, signal  # type: ignore[import-not-found]


def main() -> int:
    """Runs one command and returns its exit status."""
    # Python would print a traceback of the imports, and an interrupted import may raise any
    # exception. Commands that have something to clean up take the signal back.
    signal(SIGINT, SIG_DFL)
    from openapi_first.cli.main import main as command

    return command()


if __name__ == "__main__":
    raise SystemExit(main())
