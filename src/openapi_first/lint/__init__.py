"""`contract lint`: where each constraint is enforced, and what API Gateway rejects or changes."""
