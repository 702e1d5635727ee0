"""What versions of OpenAPI write differently, and annotations in a wrong shape."""
