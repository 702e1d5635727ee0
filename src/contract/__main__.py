"""`python -m contract`: the same as the command `contract`."""

from contract.cli import main

raise SystemExit(main())
