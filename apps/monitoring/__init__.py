"""Health and figures of the imports."""
