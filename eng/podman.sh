#!/usr/bin/env bash
# Makes sure that podman runs containers here: installs Debian's packages where there is none, and finds a runtime that works.
# Prints the name of the image of the tests, and the path of a containers.conf that names the runtime, for CONTAINERS_CONF. Exit code 1 where podman cannot be had.
set -uo pipefail

if ! command -v podman >/dev/null 2>&1 || ! { command -v catatonit || [ -x /usr/libexec/podman/catatonit ]; } >/dev/null 2>&1; then
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 || { echo "There is no podman with its --init, and only root on Debian can install one here." >&2; exit 1; }
  # catatonit is podman's --init; the recommended rest is for rootless networks, which no room has.
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends podman catatonit crun runc; } </dev/null >/tmp/reprogate-podman-install.log 2>&1 \
    || { tail -n 20 /tmp/reprogate-podman-install.log >&2; echo "podman could not be installed." >&2; exit 1; }
fi

image=$("$(dirname "${BASH_SOURCE[0]}")/base-image.sh" podman) || exit 1
cache=${REPROGATE_IMAGE_CACHE:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/reprogate}
mkdir -p "$cache"
# crun refuses machines with both generations of control groups, where runc works.
for runtime in crun runc; do
  printf '[engine]\nruntime = "%s"\n' "$runtime" >"$cache/containers-$runtime.conf"
  if error=$(CONTAINERS_CONF="$cache/containers-$runtime.conf" podman run --rm --network none --ulimit nofile=1024:1024 --ulimit nproc=4096:4096 "$image" true 2>&1); then
    echo "$image"
    echo "$cache/containers-$runtime.conf"
    exit 0
  fi
done
echo "$error" | tail -n 5 >&2
echo "podman starts no container here." >&2
exit 1
