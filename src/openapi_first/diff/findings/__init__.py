"""The rules of `contract diff`, the changes that they judge, and the reports of them."""
