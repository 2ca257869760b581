"""The product's settings in an environment of their own: a test run never reaches a demo's data."""

import os
import tempfile
from pathlib import Path

_NOWHERE = Path(tempfile.gettempdir()) / "tieout-tests-have-no-data-folder"
for _name in ("DATABASE_URL", "DATABASE_OWNER_URL", "TIEOUT_DATABASE_ROLE", "SANDBOX_ERP_URL"):
    os.environ.pop(_name, None)
os.environ["TIEOUT_DATA"] = str(_NOWHERE)
# The programs that tests start are given a database, which alone would make them a real installation.
os.environ["TIEOUT_DEMO"] = "yes"
# A message to this broker goes nowhere; tests with workers give them a real one (`valkey`).
os.environ["REDIS_URL"] = "memory://"
# Celery reads settings while `config` is still being imported, and so do the programs that tests start.
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"

from config.settings import *

# Passwords of tests protect nothing; the product's hasher would take most of the run.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
