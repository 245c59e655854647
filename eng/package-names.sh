#!/usr/bin/env bash
# Measures what is suggested for package ids that do not exist, and which ids are taken for lookalikes, on the corpus in
# testassets/package-names; prints the table and writes docs/benchmarks/package-names.md. Exit code 1 where a promised figure is not met.
# The list of well-known ids and the table of characters are regenerated as docs/well-known-packages.md says.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source eng/setup.sh
need
step "Build"
dotnet build eng/ReproGate.PackageNames -c "$configuration" -v:quiet -clp:NoSummary </dev/null || exit 1
step "Names of packages"
exec dotnet "eng/ReproGate.PackageNames/bin/$configuration/net10.0/ReproGate.PackageNames.dll" measure testassets/package-names --output docs/benchmarks/package-names.md "$@"
