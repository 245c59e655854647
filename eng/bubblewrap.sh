#!/usr/bin/env bash
# Makes sure that bubblewrap, which makes the weaker clean room, is there and works: installs Debian's package where there is none.
# Prints one line; exit code 1 where it cannot be had.
set -uo pipefail

if ! command -v bwrap >/dev/null 2>&1; then
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 || { echo "There is no bwrap, and only root on Debian can install one here: the package is called bubblewrap." >&2; exit 1; }
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends bubblewrap; } </dev/null >/tmp/reprogate-bubblewrap-install.log 2>&1 \
    || { tail -n 20 /tmp/reprogate-bubblewrap-install.log >&2; echo "bubblewrap could not be installed." >&2; exit 1; }
fi

if ! error=$(bwrap --unshare-user --unshare-all --cap-drop ALL --ro-bind / / --proc /proc --dev /dev true 2>&1); then
  printf '%s\n' "$error" "bubblewrap makes no namespaces here: the weaker clean room cannot be tried." >&2
  exit 1
fi
echo "weaker room: $(bwrap --version)"
