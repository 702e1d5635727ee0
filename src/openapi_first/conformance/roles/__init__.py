"""The roles of operations (creates, reads, lists, …), each with the evidence for it."""
