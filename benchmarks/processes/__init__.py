"""The programs that `make bench` starts: each measures in a separate process."""
