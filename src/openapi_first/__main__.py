"""`python -m openapi_first`: the same as the command `contract`."""

from openapi_first.cli.main import main

raise SystemExit(main())
