#!/usr/bin/env bash
# setup.sh: from nothing to a Windows CPython that runs under Wine. Safe to run again; then it takes a second.
# The result is kept in $WINDOWS_CACHE (default ~/.cache/deskbell-windows), about 900 MB.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ "$(uname -m)" != x86_64 ]; then
  echo "The Windows tests need an x86-64 machine: Wine runs the programs of Windows, it does not translate processors." >&2; exit 1
fi
scripts/debian wine64 libwine fonts-wine osslsigncode xvfb xdotool x11-xkb-utils imagemagick fonts-dejavu-core
scripts/setup test
exec .venv/bin/python -m windows
