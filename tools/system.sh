#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# Makes sure that the machine has what Python packages cannot bring along: fonts and text layout for PDF, a browser,
# a database and message brokers for the tests. As root on Debian it installs them, otherwise it names the command.
#
#   sh tools/system.sh run [PYTHON]    what `make run` needs
#   sh tools/system.sh test            what `make test` needs on top
set -eu

missing=""
need() { # need PACKAGE COMMAND... : the package is missing when the command fails
    package=$1
    shift
    "$@" >/dev/null 2>&1 || missing="$missing $package"
}

has_library() { PATH="$PATH:/sbin:/usr/sbin" ldconfig -p | grep -q "$1"; }
has_fonts() { command -v fc-list && fc-list | grep -q LiberationSans; }
has_postgres() { command -v initdb || ls /usr/lib/postgresql/*/bin/initdb || [ -n "${AMT_TEST_POSTGRES_URL:-}" ]; }
has_rabbitmq() { command -v rabbitmq-server || [ -x /usr/sbin/rabbitmq-server ] || [ -n "${AMT_TEST_AMQP_URL:-}" ]; }
has_redis() { command -v redis-server || [ -n "${AMT_TEST_REDIS_URL:-}" ]; }
has_clamd() { command -v clamd || [ -x /usr/sbin/clamd ]; }
has_chromium() { command -v chromium; }

case "$1" in
run)
    python=${2:-python3}
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || {
        echo "Python 3.11 or newer is needed as '$python'. Name another one: make run PYTHON=python3.12" >&2
        exit 1
    }
    need python3-venv "$python" -c "import ensurepip, venv"
    need libpango-1.0-0 has_library libpango-1.0.so.0
    need libpangoft2-1.0-0 has_library libpangoft2-1.0.so.0
    need libharfbuzz-subset0 has_library libharfbuzz-subset.so.0
    need fontconfig command -v fc-list
    need fonts-liberation has_fonts # the letters are set in it
    ;;
test)
    need libatomic1 has_library libatomic.so.1 # the browser driver needs it and does not bring it
    need chromium has_chromium
    need poppler-utils command -v pdftoppm # letters are looked at page by page
    need postgresql has_postgres
    need rabbitmq-server has_rabbitmq # workers hear of jobs by it
    need redis-server has_redis       # or by that
    need clamav-daemon has_clamd      # uploads are looked through
    ;;
*)
    echo "usage: sh tools/system.sh run [PYTHON] | test" >&2
    exit 2
    ;;
esac

[ -n "$missing" ] || exit 0
install="apt-get install --yes --no-install-recommends$missing"
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "This machine lacks:$missing" >&2
    echo "On Debian or Ubuntu: sudo apt-get update && sudo $install" >&2
    exit 1
fi
echo "Installing$missing …"
export DEBIAN_FRONTEND=noninteractive
# A package list may be missing or name versions that are gone; then one update mends it.
$install >/dev/null 2>&1 || { apt-get update -qq && $install -qq >/dev/null; }
