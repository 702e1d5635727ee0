"""The sample service: an Items API on DynamoDB, which you replace with your own."""
