# SPDX-License-Identifier: EUPL-1.2
"""A store that speaks S3: one object for each content, named by its SHA-256."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from engine.contents import Contents
from engine.errors import ContentStoreUnavailable

#: Whoever sends a form waits for it.
_PATIENCE = Config(
    connect_timeout=5,
    read_timeout=20,
    retries={"max_attempts": 2, "mode": "standard"},
    # Stores of other makers do not know the newest checksums; ours is the name of the object.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)
_MISSING = {"NoSuchKey", "404"}


class S3Contents(Contents):
    """Objects in a bucket, which must be there already."""

    def __init__(self, bucket: str, prefix: str, key: str, endpoint: str | None, region: str | None) -> None:
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        name, _, secret = key.partition(":")
        # Without a key the library looks where the machine keeps its own.
        self._client: Any = boto3.session.Session().client(
            "s3",
            endpoint_url=endpoint,
            region_name=region or "us-east-1",
            aws_access_key_id=name or None,
            aws_secret_access_key=secret or None,
            config=_PATIENCE,
        )

    def put(self, digest: str, content: bytes) -> None:
        """An object is there whole or not at all."""
        with self._understood():
            self._client.put_object(Bucket=self._bucket, Key=self._prefix + digest, Body=content)

    def get(self, digest: str) -> bytes | None:
        """The object's bytes."""
        with self._understood():
            try:
                found = self._client.get_object(Bucket=self._bucket, Key=self._prefix + digest)
            except ClientError as error:
                if error.response["Error"]["Code"] in _MISSING:
                    return None
                raise
            content: bytes = found["Body"].read()
            return content

    def remove(self, digest: str) -> None:
        """Delete the object."""
        with self._understood():
            self._client.delete_object(Bucket=self._bucket, Key=self._prefix + digest)

    def stored_before(self, moment: datetime) -> Iterator[str]:
        """Objects by the moment at which they were stored last."""
        with self._understood():
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=self._prefix)
            for page in pages:
                for each in page.get("Contents", ()):
                    name = str(each["Key"]).removeprefix(self._prefix)
                    if len(name) == 64 and "/" not in name and each["LastModified"] < moment:
                        yield name

    def check(self) -> None:
        """Whether the bucket is there and ours to use."""
        with self._understood():
            self._client.head_bucket(Bucket=self._bucket)

    @contextmanager
    def _understood(self) -> Iterator[None]:
        try:
            yield
        except (BotoCoreError, ClientError) as refused:
            # What the library says may hold addresses with secrets; the kind of trouble is enough.
            code = refused.response["Error"]["Code"] if isinstance(refused, ClientError) else type(refused).__name__
            raise ContentStoreUnavailable(
                f"The bucket of documents {self._bucket} cannot be used: {code}."
            ) from refused
