"""`make demo`: the whole product on one machine, from nothing to a portal with an import in it.

``python -m freesport.demo [--once] [--port N]`` uses the private servers unless ``DATABASE_URL``
and ``REDIS_URL`` name others, and keeps its files in ``.data/demo``: the generated exports, the
backups and the logs of worker and web server. What it starts ends with it. Repeating it goes on
with the data that is there.
"""
