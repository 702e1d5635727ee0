"""Reports of `contract lint`: text, JSON, SARIF and annotations of a pull request."""
