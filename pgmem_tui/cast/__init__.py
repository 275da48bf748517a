"""What a terminal showed, as a file that asciinema plays.

The format is asciicast v2 (https://docs.asciinema.org/manual/asciicast/v2).
"""
