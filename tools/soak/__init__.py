"""Many clients at once against a stage whose DynamoDB fails now and then: `make soak`."""
