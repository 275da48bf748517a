"""The Textual program. It draws what the other parts report and decides nothing about SQL."""
