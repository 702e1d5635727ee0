"""What every part may use: media types, files, problem details."""
