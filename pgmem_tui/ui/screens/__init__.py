"""Whole screens, one a module."""
