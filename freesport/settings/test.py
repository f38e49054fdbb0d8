"""The test run: like production where it matters, quick where it does not.

Its own servers (or its own key prefix on yours), so that a running demo is never disturbed.
"""

import os
import uuid
from pathlib import Path

from freesport import embedded

os.environ.setdefault("SECRET_KEY", "for-tests-only")
# Worker processes that a test starts inherit the prefix, and so meet the same queue. Tests that run
# side by side (pytest-xdist) inherit it from the process that hands them out: each takes its own.
_SIDE = os.environ.get("PYTEST_XDIST_WORKER", "alone")
if os.environ.get("TESTS_SIDE_BY_SIDE") != _SIDE:
    os.environ["TESTS_SIDE_BY_SIDE"] = _SIDE
    os.environ["REDIS_KEY_PREFIX"] = f"freesport-test-{uuid.uuid4().hex[:12]}"
_DATA = Path(__file__).resolve().parents[2] / ".data" / "test"
os.environ.setdefault("MEDIA_ROOT", str(_DATA / "media"))
embedded.ensure(_DATA)

from .base import *  # noqa: E402, F403  (the servers' addresses must be in the environment first)

ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Tests read the source's texts; the translation has tests of its own.
LANGUAGE_CODE = "en"
