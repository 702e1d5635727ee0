"""Finds the resource of API Gateway for each path of a contract, and what its methods share."""
