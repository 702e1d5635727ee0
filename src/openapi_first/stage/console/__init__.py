"""The stage's console: live requests, coverage, documentation, usage plans."""
