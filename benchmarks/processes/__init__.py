"""The programs that `make bench` starts: each measures in a process of its own."""
