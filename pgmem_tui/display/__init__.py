"""From a server's value to one safe line of known width; sizes, durations, row numbers. Pure."""
