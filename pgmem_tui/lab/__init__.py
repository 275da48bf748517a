"""Cursor experiments: each way to read rows in a process of its own, measured from outside."""
