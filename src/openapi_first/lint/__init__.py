"""`contract lint`: where each constraint is enforced, and what API Gateway rejects or changes.

Each module of a subject (`bodies`, `parameters`, `security` …) has its rules beside the code that
finds them; `lint.SUBJECTS` lists the modules.
"""
