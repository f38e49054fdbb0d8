"""A developer's machine and `make demo`: debug on, private servers where none are named."""

import os
from pathlib import Path

import environ

from freesport import embedded

environ.Env.read_env(Path(__file__).resolve().parents[2] / ".env")
os.environ.setdefault("SECRET_KEY", "for-development-only-never-in-production")
embedded.ensure()

from .base import *  # noqa: E402, F403  (the servers' addresses must be in the environment first)

DEBUG = True
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
