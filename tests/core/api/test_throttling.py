"""Limits per client hold across processes, and never stand in the way when the counter is away."""

import logging
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from config.environment import ROOT, cache
from config.local.valkey import ValkeyServer
from core.api.throttling import Allowance, PerClient

NOON = 1_763_640_000


def spend(now: int = NOON) -> Allowance | None:
    """Ask once, as an anonymous client at a moment of the clock; return what is left."""
    request = APIView(authentication_classes=[]).initialize_request(APIRequestFactory().get("/"))
    with patch("core.api.throttling.time.time", return_value=now):
        assert PerClient().allow_request(request, APIView())
    return getattr(request._request, "allowance", None)


def spend_elsewhere(server: ValkeyServer) -> str:
    """Ask once in another process; return what is left."""
    code = "import django; django.setup(); from tests.core.api.test_throttling import spend; print(spend())"
    environment = {**os.environ, "REDIS_URL": server.url, "DJANGO_SETTINGS_MODULE": "config.settings"}
    asked = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    return asked.stdout.strip()


def test_what_one_process_spends_another_has_no_more(valkey: ValkeyServer, settings: Any) -> None:
    settings.CACHES = cache(valkey.url)
    limit = settings.API_RATES["reading"]
    assert spend() == Allowance(limit, limit - 1, 60)
    assert spend_elsewhere(valkey) == str(Allowance(limit, limit - 2, 60))
    assert spend() == Allowance(limit, limit - 3, 60)
    assert spend(NOON + 60) == Allowance(limit, limit - 1, 60)


def test_without_the_counter_requests_go_through_at_once_and_it_is_logged(
    settings: Any, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    settings.CACHES = cache(f"redis+socket://{tmp_path}/nobody.sock")
    began = time.monotonic()
    with caplog.at_level(logging.WARNING, logger="core.api.throttling"):
        assert spend() is None
    assert time.monotonic() - began < 1
    assert [record.message.partition(":")[0] for record in caplog.records] == [
        "a request was not counted, as the counter is away"
    ]


@pytest.mark.parametrize(
    ("broker", "location"),
    [
        ("redis://host:6379/0", "redis://host:6379/0"),
        ("rediss://:secret@host:6380/2", "rediss://:secret@host:6380/2"),
        ("redis+socket:///run/valkey.sock", "unix:///run/valkey.sock"),
        ("redis+socket:///run/valkey.sock?virtual_host=3", "unix:///run/valkey.sock?db=3"),
    ],
)
def test_the_counter_stands_on_the_brokers_server(broker: str, location: str) -> None:
    assert cache(broker)["default"]["LOCATION"] == location
