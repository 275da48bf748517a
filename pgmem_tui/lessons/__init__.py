"""Lessons: Markdown with programs that run on the connected server, and claims about what they measure."""
