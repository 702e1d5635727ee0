"""Which extensions of API Gateway have an effect on the stage, and the report of the others."""
