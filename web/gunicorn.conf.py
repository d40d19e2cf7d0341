# SPDX-License-Identifier: EUPL-1.2
"""Serving with several processes: `gunicorn -c web/gunicorn.conf.py web.wsgi:application`, settings as everywhere."""

import signal
from types import FrameType
from typing import Any

from web.settings import SettingRefused, settings_from_environment, share_measures

try:
    _settings = settings_from_environment()
except SettingRefused as refused:
    raise SystemExit(f"Error: {refused}") from refused
# Before anything is measured, and before there is more than one process.
share_measures(_settings)

bind = f"[{_settings.host}]:{_settings.port}" if ":" in _settings.host else f"{_settings.host}:{_settings.port}"
worker_class = "gthread"
workers = _settings.processes
# Whoever waits for work takes no thread from the pages.
threads = 8 + _settings.external_waits
# Each process opens its own connections and starts its own threads: nothing is loaded before the fork.
preload_app = False
# A process whose loop has stood still for so long is started anew; requests have threads of their own.
timeout = 120
graceful_timeout = 30
# The application decides whom it believes (AMT_TRUSTED_PROXIES).
forwarded_allow_ips = ""
# It writes a line for each request itself, without addresses.
accesslog = None
control_socket_disable = True
if _settings.log_format == "json":
    # Its own lines look like ours.
    logconfig_dict = {
        "root": {"level": "WARNING", "handlers": ["error_console"]},
        "loggers": {"gunicorn.error": {"level": "INFO", "handlers": ["error_console"], "propagate": False}},
        "formatters": {"generic": {"()": "web.logs.JsonLines"}},
    }


def post_worker_init(worker: Any) -> None:
    """After the fork: look after jobs, and let go of whoever waits when the end is near."""
    from web import wsgi

    end_gracefully = signal.getsignal(signal.SIGTERM)

    def stop(number: int, frame: FrameType | None) -> None:
        wsgi.send_waiting_away()
        if callable(end_gracefully):
            end_gracefully(number, frame)

    signal.signal(signal.SIGTERM, stop)
    wsgi.begin()
    worker.log.info("Process %s serves.", worker.pid)


def worker_exit(server: Any, worker: Any) -> None:
    """Finish the job in hand; requests are done by now."""
    from web import wsgi

    wsgi.end()
