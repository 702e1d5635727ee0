NAME = "list"
