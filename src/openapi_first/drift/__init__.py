"""`contract drift`: whether a deployed stage still matches the contract.

`control_plane` fetches, `resources` writes what API Gateway holds as a document, `canonical`,
`methods` and `answers` bring documents of every origin to one form, `comparison` compares three of
them, and `report` says what was found.
"""
