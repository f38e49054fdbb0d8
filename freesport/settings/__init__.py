"""Settings, one module per place to run: ``dev``, ``test`` and ``prod`` on a common ``base``."""
