"""Rows of any size of result in bounded memory, and the threads that own the connections."""
