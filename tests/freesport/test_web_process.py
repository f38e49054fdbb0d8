"""What a web process carries before anybody asks for more than a list."""

import os
import subprocess
import sys

_PROGRAM = """
import sys
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver
get_wsgi_application()
assert get_resolver().url_patterns
print(sorted({"lxml", "PIL", "redis"} & sys.modules.keys()))
"""


def test_it_carries_neither_the_import_engine_nor_the_brokers_client():
    settings = {"DJANGO_SETTINGS_MODULE": "freesport.settings.test"}
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.splitlines()[-1] == "[]"
