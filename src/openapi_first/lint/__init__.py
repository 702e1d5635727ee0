"""Where each constraint of a contract is enforced, and what API Gateway changes at import.

Each module of a subject (`bodies`, `parameters`, `security` …) has its rules beside the code that
finds them; `lint.SUBJECTS` lists the modules.
"""
