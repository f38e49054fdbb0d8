"""The import engine: records in, rows out, chunk by chunk (docs/architecture.md)."""
