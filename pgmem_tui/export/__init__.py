"""Whole tables and query results into files, streamed with COPY in constant memory; no screen."""
