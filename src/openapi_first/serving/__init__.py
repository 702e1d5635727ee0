"""`contract serve`: runs compiler, stage and DynamoDB together, and reloads on changes."""
