#!/usr/bin/env bash
# Measures what the gate costs and writes docs/benchmarks/cost.md and cost.svg. On an idle machine; with 100 projects
# it takes an hour on two cores. Linux only. Options: --sizes 1 20, --rounds 7, --scenarios up-to-date clean, --output <folder>.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source eng/setup.sh
build_solution || exit 1
export REPROGATE_TEST_FEED="$PWD/tests/ReproGate.Integration.Tests/bin/$configuration/net10.0/feed"
step "Benchmark"
exec dotnet "eng/ReproGate.Bench/bin/$configuration/net10.0/ReproGate.Bench.dll" "$@"
