#!/usr/bin/env bash
# eng/self-test.sh REPOSITORY: for each required cell of the repository's reprogate.env.json, takes away in memory what gives the key there and looks
# whether the gate tells exactly that (RGATE3002). The repository's applications must stand built (dotnet build). Exit code 1 where one is not told.
set -uo pipefail
repository=$(realpath "${1:?a repository with reprogate.env.json}")
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source eng/setup.sh
need
step "Build"
dotnet build eng/ReproGate.SelfTest -c "$configuration" -v:quiet -clp:NoSummary </dev/null || exit 1
step "Self-test"
dotnet "eng/ReproGate.SelfTest/bin/$configuration/net10.0/ReproGate.SelfTest.dll" "$repository"
