"""Arguments that several commands take."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TypeAlias

__all__ = ["Commands", "takes_contract"]

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def takes_contract(parser: argparse.ArgumentParser) -> None:
    """Adds the path of the contract, which may be left out."""
    parser.add_argument(
        "contract", nargs="?", type=Path, default=Path("openapi.yaml"), help="default: %(default)s"
    )
