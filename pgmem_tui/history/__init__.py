"""What was run and what is being written, in a file of the user's own; never a value of a row."""
