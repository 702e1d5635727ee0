"""The Items API as others would write it: one Lambda handler in each module.

They have the three operations that are measured. All use the functions of `service`, so they
differ in what their framework does.
"""
