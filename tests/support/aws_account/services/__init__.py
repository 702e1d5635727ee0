"""The services of the account apart from CloudFormation: a method for each operation they know.

A method takes the request's parameters and returns the answer, each named as boto3 names it.
"""
