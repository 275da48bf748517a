"""The whole of one value as rows on a screen: text, a hex dump, an outline. Pure.

Nothing here holds more of a value than a window of it (`byte_window`), or an outline of a value of at
most `outline.LONGEST` bytes; a row is worked out from the few kilobytes around it.
"""
