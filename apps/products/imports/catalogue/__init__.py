"""The catalogue's records made into rows (docs/commerceml.md, import rules)."""
