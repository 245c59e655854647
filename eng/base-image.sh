#!/usr/bin/env bash
# Makes the image in which the clean room's tests build, without an image registry: Debian's minimal system by debootstrap and
# this machine's .NET SDK, imported into the engine. Once for each SDK version; the system's archive is kept in the user's cache.
# Prints the image's name. Needs root the first time. Usage: eng/base-image.sh [docker|podman]
set -euo pipefail
engine=${1:-docker}
suite=bookworm
recipe=2
packages=ca-certificates,git,libfaketime,libicu72,libssl3,libstdc++6,strace,tzdata,zlib1g
sdk=$(dotnet --version)
image="reprogate/room:$sdk-$suite-$recipe"

if "$engine" image inspect "$image" >/dev/null 2>&1; then echo "$image"; exit 0; fi

cache=${REPROGATE_IMAGE_CACHE:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/reprogate}
system="$cache/$suite-$recipe.tar"
mkdir -p "$cache"
work=$(mktemp -d "$cache/work.XXXXXX")
trap 'rm -rf "$work"' EXIT
if [ ! -f "$system" ]; then
  [ "$(id -u)" = 0 ] || { echo "debootstrap needs root." >&2; exit 1; }
  if ! command -v debootstrap >/dev/null 2>&1; then
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends debootstrap; } </dev/null >&2
  fi
  debootstrap --variant=minbase --include="$packages" "$suite" "$work/root" http://deb.debian.org/debian </dev/null >"$work/debootstrap.log" 2>&1 \
    || { tail -n 20 "$work/debootstrap.log" >&2; exit 1; }
  rm -rf "$work/root/var/cache/apt" "$work/root/var/lib/apt/lists" "$work/root/usr/share/doc" "$work/root/usr/share/man" "$work/root/usr/share/locale" "$work/root/dev"
  mkdir -p "$work/root/dev" "$work/root/room" "$work/root/packages"
  tar -C "$work/root" --numeric-owner -cf "$work/system.tar" .
  mv "$work/system.tar" "$system"
fi

host=$(dirname "$(readlink -f "$(command -v dotnet)")")
{ # Two archives as one: tar skips the zeroed blocks between them with --concatenate only, so the SDK is appended to a copy.
  cp "$system" "$work/image.tar"
  tar -C / --numeric-owner --owner=0 --group=0 --transform "s,^${host#/},usr/share/dotnet," --exclude='*/metadata' -rf "$work/image.tar" "${host#/}"
  mkdir -p "$work/link/usr/bin"
  ln -s ../share/dotnet/dotnet "$work/link/usr/bin/dotnet"
  tar -C "$work/link" --numeric-owner --owner=0 --group=0 -rf "$work/image.tar" usr/bin/dotnet
} >&2
"$engine" import \
  --change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
  --change 'ENV DOTNET_ROOT=/usr/share/dotnet' \
  --change 'CMD ["sh"]' \
  "$work/image.tar" "$image" >/dev/null
echo "$image"
