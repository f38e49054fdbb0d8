"""The portal as a developer runs it; commands and workers speak the language of the pictures.

What an import says of its end is stored in the language of its process.
"""

import os

from freesport.settings.dev import *  # noqa: F403  (a variant of these settings)

LANGUAGE_CODE = os.environ["PICTURES_LANGUAGE"]
