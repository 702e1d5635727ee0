"""The service: a small Items API on DynamoDB, and all a user of this project replaces."""
