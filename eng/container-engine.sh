#!/usr/bin/env bash
# Makes sure that a container engine answers: uses the one that does, else installs docker.io from Debian's packages and
# starts dockerd in the background, where it stays. Quick where everything is there. Prints one line; exit code 1 where no engine can be had.
set -uo pipefail

answers() { command -v docker >/dev/null 2>&1 && docker info --format '{{.ServerVersion}}' >/dev/null 2>&1; }
told() { echo "container engine: docker $(docker version --format '{{.Server.Version}}')"; exit 0; }

answers && told
[ "$(id -u)" = 0 ] || { echo "No container engine answers, and only root can install and start one." >&2; exit 1; }

if ! command -v dockerd >/dev/null 2>&1 || ! command -v docker >/dev/null 2>&1; then
  command -v apt-get >/dev/null 2>&1 || { echo "No container engine answers, and this is not Debian: install docker or podman." >&2; exit 1; }
  # The service cannot start in a container without an init system; dockerd is started below.
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends docker.io; } </dev/null >/tmp/reprogate-engine-install.log 2>&1 \
    || { tail -n 20 /tmp/reprogate-engine-install.log >&2; echo "docker.io could not be installed." >&2; exit 1; }
fi

log=/tmp/reprogate-dockerd.log
# overlay2 first: it shares layers. Where the kernel or a nested root refuses it, vfs copies them and still works.
for driver in overlay2 vfs; do
  rm -f /var/run/docker.pid
  # A session of its own, and none of the caller's pipes: the script that called this one must be able to end.
  setsid dockerd --storage-driver "$driver" </dev/null >"$log" 2>&1 &
  daemon=$!
  disown
  for _ in $(seq 1 120); do
    answers && told
    kill -0 "$daemon" 2>/dev/null || break
    sleep 0.5
  done
  kill "$daemon" 2>/dev/null
done
tail -n 20 "$log" >&2
echo "dockerd does not start here." >&2
exit 1
