"""The stack in CloudFormation: its state, its alarms, and what stays when it is deleted."""
