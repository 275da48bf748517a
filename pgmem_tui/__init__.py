"""Browse PostgreSQL tables of any size in constant memory, and see why it is constant."""

__version__ = "0.1.0"
