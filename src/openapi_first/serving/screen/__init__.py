"""What `contract serve` prints."""
