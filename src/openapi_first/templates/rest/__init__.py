"""REST APIs of a template as import documents, with their stages, API keys and usage plans."""
