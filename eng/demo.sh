#!/usr/bin/env bash
# Shows ReproGate at work: the healthy sample passes, each faulty variant fails with its own error.
# Needs .NET SDK 10.0.100 or later, and git. Options: --only <text>, --verbose.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source eng/setup.sh
build_solution || exit 1
export REPROGATE_TEST_FEED="$PWD/tests/ReproGate.Integration.Tests/bin/$configuration/net10.0/feed"
step "Demo"
exec dotnet "eng/ReproGate.Demo/bin/$configuration/net10.0/ReproGate.Demo.dll" "$@"
