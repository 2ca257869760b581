"""Read the environment through helpers that fail with a sentence instead of a stack trace."""

import base64
import json
import os
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict
from redis.backoff import NoBackoff
from redis.retry import Retry

ROOT = Path(__file__).resolve().parent.parent


def data_folder() -> Path:
    """Return the git-ignored folder of the embedded servers (`TIEOUT_DATA`, default `var/`)."""
    return Path(os.environ.get("TIEOUT_DATA", ROOT / "var"))


def read(name: str, default: str | None = None) -> str | None:
    """Return an environment variable, else the embedded servers' address file, else the default."""
    if name in os.environ:
        return os.environ[name]
    return _local_addresses().get(name, default)


def flag(name: str, *, default: bool) -> bool:
    """Return a yes/no variable; refuse any other word."""
    text = os.environ.get(name)
    if text is None:
        return default
    if text.lower() in {"1", "true", "yes", "on"}:
        return True
    if text.lower() in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} must be yes or no, not {text!r}.")


def secret_keys(name: str) -> dict[str, bytes]:
    """Return named 256-bit keys, given as `name:base64` with commas between; refuse anything else."""
    keys: dict[str, bytes] = {}
    for part in filter(None, os.environ.get(name, "").split(",")):
        key_id, _, text = part.strip().partition(":")
        try:
            keys[key_id] = base64.b64decode(text, validate=True)
        except ValueError:
            keys[key_id] = b""
        if not key_id or len(keys[key_id]) != 32:
            raise ImproperlyConfigured(f"{name} must be name:base64 of 32 bytes, with commas between.")
    return keys


def database(url: str | None) -> dict[str, object]:
    """Turn a libpq URL into Django's settings; an unset URL gives an address nobody listens on."""
    parts = conninfo_to_dict(url or "postgresql://tieout_app@/tieout?host=no-database-configured")
    known = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    config: dict[str, object] = {
        "ENGINE": "django.db.backends.postgresql",
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {key: value for key, value in parts.items() if key not in known},
    }
    config.update({known[key]: str(value) for key, value in parts.items() if key in known})
    return config


def cache(broker: str | None) -> dict[str, dict[str, Any]]:
    """Return Django's cache on the broker's server, so that all processes share it, under keys of its own.

    A broker inside one process, as in tests, gives a cache of that process.
    """
    address = (broker or "").replace("redis+socket://", "unix://").replace("virtual_host=", "db=")
    if not address.startswith(("redis://", "rediss://", "unix://")):
        return {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    # Somebody waits for an answer: a server that is away is not worth more than a moment.
    patience = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5, "retry": Retry(NoBackoff(), 1)}
    redis = "django.core.cache.backends.redis.RedisCache"
    return {"default": {"BACKEND": redis, "LOCATION": address, "KEY_PREFIX": "tieout", "OPTIONS": patience}}


def _local_addresses() -> dict[str, str]:
    path = data_folder() / "local.json"
    if not path.exists():
        return {}
    try:
        found = json.loads(path.read_text())
    except ValueError as error:
        raise ImproperlyConfigured(f"{path} is damaged; run make demo-reset.") from error
    return {str(key): str(value) for key, value in found.items()}
