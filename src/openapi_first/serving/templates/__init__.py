"""Serves the REST APIs of a SAM or CloudFormation template, and reloads them on changes."""
