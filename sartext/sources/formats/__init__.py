"""Pure parsers: bytes and text in, plain annotations out."""
