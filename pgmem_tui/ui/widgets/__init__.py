"""Widgets, one a module. They never import screens."""
