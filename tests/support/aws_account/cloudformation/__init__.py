"""CloudFormation: stacks, change sets, and what becomes of the resources of a template."""
