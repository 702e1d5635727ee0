"""Reads the files of a template: with their tags, what they include, and those of AWS CDK."""
