"""An embedded PostgreSQL and its seeded tables."""
