"""`contract diff`: what changed between two contracts, and which clients it breaks.

`reading` makes a view of a schema in one direction and `schemas` compares views; `parameters`,
`messages`, `security` and `contracts` compare the rest. `rules` has every verdict as data, and
`report` says what was found.
"""
