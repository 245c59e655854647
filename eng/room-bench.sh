#!/usr/bin/env bash
# What the clean room costs: a cold build on this machine against the same build in the room, what making and emptying the room takes beside it, and
# how fast outputs are compared. Linux, on an idle machine. Usage: eng/room-bench.sh [rounds, 3] [projects, 10] [megabytes of outputs, 600]
# Needs the packed SDK: tests/ReproGate.Integration.Tests must have been built (Release). Prints a row for each round and the medians.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
rounds=${1:-3} projects=${2:-10} megabytes=${3:-600}
feed="$PWD/tests/ReproGate.Integration.Tests/bin/Release/net10.0/feed"
source eng/room-sample.sh
eng/container-engine.sh
image=$(eng/base-image.sh)

work=$(mktemp -d)
# A compiler server of our own, too: the one of this machine may be warm.
export TMPDIR="$work/tmp"
room_environment "$work"
mkdir -p "$TMPDIR" "$work/repo"
trap 'dotnet build-server shutdown --vbcscompiler >/dev/null 2>&1 || true; rm -rf "$work"' EXIT
cd "$work/repo"
room_sample "$feed" "<ReproGateCleanRoomImage>$image</ReproGateCleanRoomImage><ReproGatePackagesEnabled>false</ReproGatePackagesEnabled>"
{ echo '<Solution>'; for p in $(seq 1 "$projects"); do echo "  <Project Path=\"P$p/P$p.csproj\" />"; done; echo '</Solution>'; } >All.slnx
for p in $(seq 1 "$projects"); do
  mkdir -p "P$p"
  echo '<Project Sdk="Microsoft.NET.Sdk" />' >"P$p/P$p.csproj"
  for c in $(seq 1 40); do
    { printf 'namespace P%s;\n\npublic sealed class C%s\n{\n' "$p" "$c"; for m in $(seq 1 20); do printf '    public int M%s(int x) => x * %s + %s;\n' "$m" "$m" "$c"; done; echo '}'; } >"P$p/C$c.cs"
  done
done
cat >P1/P1.csproj <<X
<Project Sdk="Microsoft.NET.Sdk">
  <Target Name="Ballast" AfterTargets="Build" Condition="Exists('../ballast')">
    <Exec Command="yes reprogate | head -c ${megabytes}M &gt; &quot;\$(OutDir)ballast.bin&quot;" />
  </Target>
</Project>
X
git init -q . && dotnet msbuild -t:ReproGateLock All.slnx -v:q && git add -A && git commit -qm one
room() { dotnet msbuild -t:CleanRoom All.slnx -p:ReproGateCleanRoomPin=true -v:m "$@" >"$work/room.log" 2>&1 || { tail -n 20 "$work/room.log"; exit 1; }; }
# Seconds of the phases whose names match.
phase() { sed -n '/"phases"/,/\]/p' obj/reprogate/cleanroom/cleanroom.json | awk -v want="$1" -F'"' '/"name"/ { name = $4 } /"seconds"/ { split($3, a, /[ :,]+/); if (name ~ want) sum += a[2] } END { printf "%.2f", sum }'; }
median() { tr ' ' '\n' <<<"$1" | grep . | sort -n | awk '{ v[NR] = $1 } END { printf "%.2f", v[int((NR + 1) / 2)] }'; }

room -p:ReproGateCleanRoomRebuild=false
hosts='' rooms='' overheads=''
echo '| round | host: restore and build (s) | room: restore and build (s) | ratio | room beside it (s) |'
echo '|---|---|---|---|---|'
for round in $(seq 1 "$rounds"); do
  git clone -q . "$work/host" && cp -r .feeds "$work/host/"
  dotnet build-server shutdown --vbcscompiler >/dev/null 2>&1 || true
  start=$(date +%s.%N)
  (cd "$work/host" && dotnet restore All.slnx --locked-mode -m -v:q && dotnet build All.slnx --no-restore -c Release -m -v:q -p:ContinuousIntegrationBuild=true -bl:"$work/host.binlog") >/dev/null
  host=$(awk -v a="$start" -v b="$(date +%s.%N)" 'BEGIN { printf "%.2f", b - a }')
  rm -rf "$work/host"
  room -p:ReproGateCleanRoomRebuild=false
  inside=$(awk -v a="$(phase '^build: restore')" -v b="$(phase '^build: build')" 'BEGIN { printf "%.2f", a + b }')
  beside=$(awk -v a="$(phase 'engine|^image')" -v b="$(phase '^build: room')" -v c="$(phase '^build: outputs')" 'BEGIN { printf "%.2f", a + b + c }')
  echo "| $round | $host | $inside | $(awk -v a="$inside" -v b="$host" 'BEGIN { printf "%.2f", a / b }') | $beside |"
  hosts="$hosts $host" rooms="$rooms $inside" overheads="$overheads $beside"
done
h=$(median "$hosts") r=$(median "$rooms")
echo "| median | $h | $r | $(awk -v a="$r" -v b="$h" 'BEGIN { printf "%.2f", a / b }') | $(median "$overheads") |"
touch ballast && git add -A && git commit -qm two
room
seconds=$(phase '^comparison')
bytes=$(sed -n 's/.*"bytes": \([0-9]*\).*/\1/p' obj/reprogate/cleanroom/cleanroom.json | head -n 1)
awk -v s="$seconds" -v b="$bytes" -v n="$(sed -n 's/.*"builds": \([0-9]*\).*/\1/p' obj/reprogate/cleanroom/cleanroom.json | head -n 1)" 'BEGIN { printf "comparison: %.0f MB in %.2f s, %.0f MB/s; %d builds in all\n", b / 1048576, s, b / 1048576 / s, n }'
