"""Files that appear whole or not at all."""

STDOUT = "-"
"""The name of standard output."""
