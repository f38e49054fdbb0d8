"""`make screenshots`: the pictures of the user guide, taken of the real portal.

For each language a story is played on a database of its own with a real worker, a real web server
and real imports (`story`); in between a browser takes pictures in both themes (`camera`). What a
picture shows is in `pages`; the list of those that there are is written by `index`. Names of this
machine are replaced before a picture is taken; dates and durations are those of the run.
"""
