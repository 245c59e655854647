#!/usr/bin/env bash
# eng/corpus.sh [REPOSITORY …]: puts the catalogue of mutations (testassets/corpus) into the demo's sample and generated repositories, or into copies
# of the repositories given, which hold the gate, locked and committed; builds with the gate and without it, tries the mends, and counts what was said.
# What was judged is kept (artifacts/corpus/results.json) and not judged again: a run that is cut short goes on where it was.
# Options: --only TEXT, --stage built|declared|alone, --again, --no-fix, --batch PROJECTS, --parallel REPOSITORIES, --entry SOLUTION, --packages FOLDER, --commit COMMIT,
# --results FILE, --output FILE. Needs .NET SDK 10.0.100 or later, and git. Exit code 1 where a fault is missed or a near miss accused.
set -uo pipefail
here=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source eng/setup.sh
build_solution || exit 1
export REPROGATE_TEST_FEED="$PWD/tests/ReproGate.Integration.Tests/bin/$configuration/net10.0/feed"
corpus="$PWD/eng/ReproGate.Corpus/bin/$configuration/net10.0/ReproGate.Corpus.dll"
step "Corpus"
# Where it was called, so that paths given are what they say.
cd "$here" && dotnet "$corpus" "$@"
