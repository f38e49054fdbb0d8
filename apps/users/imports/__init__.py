"""Customers from 1C: what a counterparty says, whose account it is, what is written.

Rules: docs/commerceml.md, "customers". The engine is the catalogue's (apps/products/imports).
"""
