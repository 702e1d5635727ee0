"""What a method calls: Lambda proxy, HTTP proxy, mock."""
