"""Composition root of FREESPORT import operations: the only package that knows both sides.

Celery is loaded lazily (``freesport.celery``), so that settings and the embedded servers can be
imported without Django being configured.
"""
