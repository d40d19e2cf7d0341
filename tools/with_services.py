# SPDX-License-Identifier: EUPL-1.2
"""Runs a command with the services that tests need: PostgreSQL, RabbitMQ, Redis.

python tools/with_services.py pytest
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools import brokers, with_postgres


def main(command: list[str]) -> int:
    """Run the command; the addresses stand in its environment."""
    with with_postgres.server() as database, brokers.rabbitmq() as amqp, brokers.redis() as redis:
        addresses = {with_postgres.VARIABLE: database, "AMT_TEST_AMQP_URL": amqp, "AMT_TEST_REDIS_URL": redis}
        return subprocess.run(command, env={**os.environ, **addresses}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
