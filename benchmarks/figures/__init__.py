"""What is measured: one module for each kind of figure, with a function `measure`."""
