"""Says where each constraint of a contract is enforced, and what API Gateway makes of the rest."""
