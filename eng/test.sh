#!/usr/bin/env bash
# Builds ReproGate, packs it once, runs every test against the package, and closes with one line: N passed, N failed.
# Needs .NET SDK 10.0.100 or later, and git. Usage: eng/test.sh [part of a test project's name ...]
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source eng/setup.sh

results="$PWD/artifacts/TestResults"
rm -rf "$results"
mkdir -p "$results"

build_solution || { echo "The build failed, so no test has run."; echo "0 passed, 1 failed"; exit 1; }

passed=0 failed=0 skipped=0 assemblies=0
# Sums one counter over a trx file.
counter() { sed -n "s/.*<Counters .*\b$1=\"\([0-9]*\)\".*/\1/p" "$2" | head -n 1; }

run_tests() {
  # The clean room's tests need a real engine and an image; where they cannot be had, those tests fail.
  [[ $1 == *CleanRoom.Integration* ]] && { step "Container engine, base image and bubblewrap"; eng/container-engine.sh && eng/base-image.sh; eng/bubblewrap.sh; }
  local name=$1 assembly="tests/$1/bin/$configuration/net10.0/$1.dll" trx="$results/$1.trx" verbosity=minimal
  # The integration tests take minutes: every finished one is told.
  [[ $name == *Integration* ]] && verbosity=normal
  step "$name"
  dotnet test "$assembly" --results-directory "$results" --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=$verbosity" </dev/null
  local status=$? total=0
  assemblies=$((assemblies + 1))
  if [ -f "$trx" ]; then
    local p f t
    p=$(counter passed "$trx") f=$(counter failed "$trx") t=$(counter total "$trx")
    total=${t:-0}
    passed=$((passed + ${p:-0}))
    failed=$((failed + ${f:-0}))
    skipped=$((skipped + total - ${p:-0} - ${f:-0}))
    [ "$status" -ne 0 ] && [ "${f:-0}" -eq 0 ] && { echo "$name: dotnet test ended with exit code $status although no test failed."; failed=$((failed + 1)); }
  fi
  [ "$total" -gt 0 ] || { echo "$name: no test ran (exit code $status)."; failed=$((failed + 1)); }
}

# The short ones first: a mistake shows early.
for project in $(printf '%s\n' tests/*.Tests | grep -v Integration) $(printf '%s\n' tests/*.Tests | grep Integration); do
  name=$(basename "$project")
  if [ $# -gt 0 ]; then
    wanted=
    for part in "$@"; do [[ $name == *"$part"* ]] && wanted=yes; done
    [ -n "$wanted" ] || continue
  fi
  run_tests "$name"
done

# What failed stands once more at the end, where a log that is cut keeps it: name, the first lines of why and the last.
tell_failures() {
  local trx
  for trx in "$results"/*.trx; do
    awk '
      /<UnitTestResult / { failed = /outcome="Failed"/; lines = 0; if (failed) { name = $0; sub(/.*testName="/, "", name); sub(/".*/, "", name); print "FAILED " name } }
      failed && /<Message>/ { inMessage = 1 }
      failed && inMessage { line = $0; gsub(/<[^>]*>/, "", line); if (lines < 8) print "    " substr(line, 1, 600); else last[lines % 12] = line; lines++ }
      /<\/Message>/ { if (inMessage) { if (lines > 20) print "    ..."; for (i = (lines > 20 ? lines - 12 : 8); i < lines; i++) print "    " substr(last[i % 12], 1, 600) } inMessage = 0 }' "$trx"
  done
}
[ "$failed" -gt 0 ] && tell_failures

step "Results in artifacts/TestResults, binary logs of failed builds in artifacts/test-binlogs; ${SECONDS} s"
[ "$assemblies" -gt 0 ] || { echo "No test project fits: $*"; failed=1; }
if [ "$skipped" -gt 0 ]; then echo "$passed passed, $failed failed, $skipped skipped"; else echo "$passed passed, $failed failed"; fi
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
