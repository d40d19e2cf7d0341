# SPDX-License-Identifier: EUPL-1.2
"""More than one machine: workers hear of jobs by a queue (Celery with RabbitMQ or Redis), one process keeps time."""
