"""What AWS documents about API Gateway (REST) and Lambda: data only, each row with its page."""
