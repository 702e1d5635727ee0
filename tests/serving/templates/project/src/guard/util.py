TOKEN = "let-me-in"
