"""Import sessions: their states, and the only code that moves them."""
