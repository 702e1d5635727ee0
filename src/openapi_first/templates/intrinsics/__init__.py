"""Resolves CloudFormation's intrinsic functions, conditions and the names of resources."""
