"""Catalog queries, one file each."""
