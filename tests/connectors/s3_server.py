# SPDX-License-Identifier: EUPL-1.2
"""A server that speaks S3, for tests: moto, which simulates Amazon's. It is no real store."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import boto3
import httpx

from tests.faults.cluster import eventually
from tools.brokers import free_port

KEY = "test:only-for-tests"
BUCKET = "documents"


@contextmanager
def s3_server() -> Iterator[str]:
    """Its address; a bucket is there already."""
    port = free_port()
    endpoint = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ})
    try:
        eventually(lambda: _answers(endpoint), "the S3 server answers")
        name, _, secret = KEY.partition(":")
        client = boto3.session.Session().client(
            "s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id=name, aws_secret_access_key=secret
        )
        client.create_bucket(Bucket=BUCKET)
        client.close()
        yield endpoint
    finally:
        server.terminate()
        server.wait(10)


def _answers(endpoint: str) -> bool:
    try:
        return httpx.get(endpoint).status_code < 500
    except httpx.TransportError:
        return False
