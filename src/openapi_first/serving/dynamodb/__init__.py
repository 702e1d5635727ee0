"""The local DynamoDB of a stage: started when it is needed, and again when it has ended."""
