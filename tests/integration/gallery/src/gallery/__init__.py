"""Pictures behind tokens: a service with authorizers, uploads and bytes for answers."""
