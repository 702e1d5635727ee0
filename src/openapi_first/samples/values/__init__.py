"""Values of one type, for the keywords that apply together: numbers, strings, arrays, objects."""
