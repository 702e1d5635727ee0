"""`contract diff`: what changed between two contracts, and which clients it breaks.

`view_reader` reads a schema as it applies in one direction (`views`), and `schemas` compares two
such views; `parameters`, `messages`, `security` and `contracts` compare the rest. `rules` has every
verdict as data.
"""
