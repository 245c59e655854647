#!/usr/bin/env bash
# Starts the clean room again and again and ends the build at a random moment, by Ctrl-C (SIGINT) and by SIGKILL in turn. After Ctrl-C nothing
# may be left at once; after SIGKILL nothing may be left once the next run has begun and ended, and of bubblewrap only a folder until then, no program. Usage: eng/room-kills.sh [times, 50] [docker|podman|bubblewrap]
# Needs the packed SDK: tests/ReproGate.Integration.Tests must have been built (Release). Ends with one line, exit code 1 where something was left.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
times=${1:-50}
engine=${2:-docker}
feed="$PWD/tests/ReproGate.Integration.Tests/bin/Release/net10.0/feed"
source eng/room-sample.sh
arguments= image=
if [ "$engine" = bubblewrap ]; then
  eng/bubblewrap.sh || exit 1
elif [ "$engine" = podman ]; then
  { read -r image; read -r CONTAINERS_CONF; } < <(eng/podman.sh) || exit 1
  export CONTAINERS_CONF
  arguments='--ulimit nofile=1024:1024 --ulimit nproc=4096:4096'
else
  eng/container-engine.sh || exit 1
  image=$(eng/base-image.sh) || exit 1
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
room_environment "$work"
mkdir -p "$work/repo" && cd "$work/repo" || exit 1
room_sample "$feed" "<ReproGateCleanRoomImage>$image</ReproGateCleanRoomImage><ReproGateCleanRoomEngine>$engine</ReproGateCleanRoomEngine><ReproGateCleanRoomEngineArguments>$arguments</ReproGateCleanRoomEngineArguments><ReproGateCleanRoomRebuild>false</ReproGateCleanRoomRebuild>" || exit 1
echo '<Project Sdk="Microsoft.NET.Sdk" />' >App.csproj
printf 'namespace App;\n\npublic static class Thing\n{\n    public static int One => 1;\n}\n' >Thing.cs
git init -q . && dotnet msbuild -t:ReproGateLock -v:q && git add -A && git commit -qm one || exit 1

# How many rooms the processes named have left, given as a regular expression; a label, or the folder's name, says who made a room. What another room uses is not left behind.
if [ "$engine" = bubblewrap ]; then
  export TMPDIR="$work/tmp"
  mkdir -p "$TMPDIR"
  programs() { pgrep -f "^[^ ]*bwrap .*$work" | wc -l; }
  rooms() { echo $(($(programs) + $(find "$TMPDIR" -maxdepth 1 -name 'reprogate-room-*.*' -type d | grep -Ec "\.($1)\."))); }
  volumes() { echo 0; }
else
  programs() { echo 0; }
  rooms() { "$engine" ps --all --quiet --filter label=reprogate.room | xargs -r "$engine" container inspect --format '{{index .Config.Labels "reprogate.room"}}' 2>/dev/null | grep -Ec "\.($1)\."; }
  volumes() { "$engine" volume ls --quiet --filter dangling=true | grep -Ec '^[0-9a-f]{64}$'; }
fi
makers=none
room() { exec dotnet msbuild -t:CleanRoom -p:ReproGateCleanRoomPin=true -v:m -nr:false -m:1; }
(room) >"$work/whole.log" 2>&1 || { cat "$work/whole.log"; exit 1; }
before_volumes=$(volumes) faults=0 atonce=0 swept=0
start=$(date +%s%N)
(room) >"$work/whole.log" 2>&1
took=$((($(date +%s%N) - start) / 1000000))

for turn in $(seq 1 "$times"); do
  signal=$([ $((turn % 2)) = 0 ] && echo KILL || echo INT)
  # The shell lets a background job ignore SIGINT; this takes that back.
  perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' dotnet msbuild -t:CleanRoom -p:ReproGateCleanRoomPin=true -v:m -nr:false -m:1 >"$work/$turn.log" 2>&1 &
  build=$! makers="$makers|$build"
  delay=$((RANDOM * 32768 + RANDOM)); delay=$((delay % took + 200))
  sleep "$((delay / 1000)).$(printf '%03d' $((delay % 1000)))"
  phase=$(grep -o 'clean room: [a-z: ]*' "$work/$turn.log" | tail -n 1)
  kill -s "$signal" "$build" 2>/dev/null
  wait "$build" 2>/dev/null
  left=$(rooms "$build")
  if [ "$signal" = INT ]; then
    [ "$left" -le 0 ] && atonce=$((atonce + 1)) || { faults=$((faults + 1)); echo "turn $turn: $left rooms are left after Ctrl-C ($delay ms, $phase)"; tail -n 3 "$work/$turn.log"; }
  else
    [ "$left" -gt 0 ] && swept=$((swept + 1))
    # The kernel ends them, which is not at once.
    for _ in $(seq 1 20); do [ "$(programs)" = 0 ] && break; sleep 0.1; done
    [ "$(programs)" = 0 ] || { faults=$((faults + 1)); echo "turn $turn: programs of the room run on after SIGKILL ($delay ms, $phase)"; }
  fi
done

(room) >"$work/whole.log" 2>&1 & makers="$makers|$!"
wait $! || { echo "The run after all the kills fails:"; tail -n 5 "$work/whole.log"; faults=$((faults + 1)); }
left_rooms=$(rooms "$makers") left_volumes=$(($(volumes) - before_volumes))
[ "$left_rooms" -le 0 ] && [ "$left_volumes" -le 0 ] || { faults=$((faults + 1)); if [ "$engine" = bubblewrap ]; then ls "$TMPDIR"; else "$engine" ps --all --filter label=reprogate.room; fi; }
echo "$times kills of a run of $took ms by $engine: $atonce left nothing at once after Ctrl-C, $swept left rooms after SIGKILL until the next look; at the end $left_rooms rooms and $left_volumes volumes are left; $faults faults"
[ "$faults" = 0 ]
