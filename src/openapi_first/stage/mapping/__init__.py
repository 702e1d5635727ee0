"""What passes between a method and its integration: parameters, headers, templates, bodies."""
