"""`contract serve`: compiler, stage and DynamoDB put together, and reloaded."""
