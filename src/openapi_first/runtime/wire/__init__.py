"""What is read and sent beside the contract: JSON, bodies, headers, codings, `Accept`."""
