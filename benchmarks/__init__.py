"""`make bench`: the goals of speed and memory as ratios to floors measured in the same run.

An absolute time says something about a machine; a ratio says something about the importer. The
floors: **P**, lxml reading the same files into Python and nothing else; **C**, one COPY of the same
rows into the same tables with all their indexes and foreign keys. What each goal is stands in
`goals`, the result in docs/benchmarks.md.
"""
