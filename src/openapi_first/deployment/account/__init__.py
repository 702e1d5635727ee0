"""The account and the machine that a deployment works with, and the messages of their failures."""
