"""Translates SAM templates into CloudFormation templates."""
