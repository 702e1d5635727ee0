"""Usage plans and what keys have used of them."""
