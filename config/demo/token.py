"""The secret of the demo's service account: kept in the data folder, readable by its owner only."""

import os
from pathlib import Path

from config.environment import data_folder


def token_file() -> Path:
    """Return where the secret is kept."""
    return data_folder() / "api-token.txt"


def keep_token(secret: str) -> Path:
    """Write the secret and return where it is."""
    path = token_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w") as file:
        file.write(f"{secret}\n")
    return path
