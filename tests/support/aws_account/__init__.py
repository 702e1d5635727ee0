"""A stand-in for an AWS account, against which the deploy scripts and the real SAM CLI run.

It behaves as AWS documents it, for the operations that they use; each module names the pages. An
operation that it does not know fails the test.
"""
