"""The account and the machine that a deployment works with, and how their failures are told."""
