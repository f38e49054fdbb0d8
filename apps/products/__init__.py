"""Catalogue, import sessions with their life cycle, and the catalogue importer."""
