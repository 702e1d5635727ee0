"""REST APIs, functions and tables that a SAM or CloudFormation template declares."""
