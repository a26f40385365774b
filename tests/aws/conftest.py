# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator as a fixture: one process for the session, as new for each test."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

ROOT = Path(__file__).resolve().parents[2]
ACCOUNT = "123456789012"


class Aws:
    """Clients of the emulator, and its control endpoint."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._clients: dict[tuple[object, ...], Any] = {}

    def client(self, service: str = "ssm", region: str = "us-east-1", account: str | None = None, **config: Any) -> Any:
        """A plain client; of another account by a role of it. It sends what it is given: the server is to refuse it."""
        key = (service, region, str(sorted(config.items())))
        if not account and key in self._clients:
            return self._clients[key]
        client = self._make_client(service, region, account, config)
        if not account:
            self._clients[key] = client
        return client

    def _make_client(self, service: str, region: str, account: str | None, config: dict[str, Any]) -> Any:
        keys = {"aws_access_key_id": "AKIAEXAMPLE", "aws_secret_access_key": "none"}
        if account:
            role = f"arn:aws:iam::{account}:role/tester"
            given = self.client("sts").assume_role(RoleArn=role, RoleSessionName="tests")["Credentials"]
            keys = {
                "aws_access_key_id": given["AccessKeyId"],
                "aws_secret_access_key": given["SecretAccessKey"],
                "aws_session_token": given["SessionToken"],
            }
        settings = Config(**({"retries": {"total_max_attempts": 1}, "parameter_validation": False} | config))
        return boto3.client(service, region_name=region, endpoint_url=self.url, config=settings, **keys)

    def control(self, **orders: Any) -> Any:
        """Give orders to the control endpoint."""
        body = json.dumps(orders).encode()
        request = urllib.request.Request(f"{self.url}/openpatch/control", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def seed(self, **orders: Any) -> list[str]:
        """Make nodes, and return their identifiers."""
        nodes: list[str] = self.control(seed=orders)["nodes"]
        return nodes

    def status(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.url}/openpatch/control", timeout=60) as answer:
            status: dict[str, Any] = json.load(answer)
        return status


@pytest.fixture(scope="session")
def aws_server() -> Iterator[Aws]:
    """The server process."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MOTO_"))}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.aws", "--port", "0"], cwd=ROOT, env=kept, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout
            address = process.stdout.readline().strip()
            assert address, "python -m tests.aws ended before it listened"
            yield Aws(address)
        finally:
            process.terminate()


@pytest.fixture
def aws(aws_server: Aws, monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    """The emulator with nothing in it; a test in which it answers what AWS could not fails."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    aws_server.control(reset=True)
    yield aws_server
    assert aws_server.status()["bugs"] == []


@pytest.fixture
def ssm(aws: Aws) -> Any:
    return aws.client()
