"""What changed between two contracts, and whether it breaks clients: `contract diff`.

`view_reader` reads a schema as it applies in one direction (`views`), and `schemas` compares two
such views; `parameters`, `messages`, `security` and `contracts` compare the rest. `rules` has every
verdict as data.
"""
