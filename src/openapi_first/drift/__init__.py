"""`contract drift`: whether a deployed stage still matches the contract.

`control_plane` fetches the API, `resources` writes it as a document, the `canonical` modules bring
documents of every origin to one form, and `comparison` compares three of them.
"""
