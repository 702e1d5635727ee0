"""The services of the account apart from CloudFormation: a method for each operation that they know.

A method takes the request's parameters and returns the answer; its name is the operation's, as
boto3 writes it. What CloudFormation does beside the API are functions with other names.
"""
