"""The stage of a stack: its deployments, the way back to an earlier one, and re-imports."""
