"""The shop's people: customers and staff."""
