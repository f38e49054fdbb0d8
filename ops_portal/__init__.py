"""The portal: start, watch and audit long operations, beside Django admin.

Knows Django and its libraries only. What it runs is declared as an `Operation` (`operations`) by
whoever mounts it (`urls.urls_for`).
"""
