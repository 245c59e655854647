#!/usr/bin/env bash
# Runs applications, logs each key they ask of their configuration, and compares them with what the pass over their code says; prints each
# difference. Exit code 1 where less than 98 % of the keys asked for are found in the code, or less than 95 % of the keys in the code are asked for.
# Without arguments: the sample shop's. Else: eng/record.sh PROJECT [--get PATH…] [--requests FILE] [--set NAME=VALUE…] [--environment NAME]
# [--seconds N], for the application of a project that stands built (dotnet build). Linux on x64.
set -uo pipefail
project=${1:+$(realpath "$1")}
shift $(($# > 0))
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source eng/setup.sh
need
step "Build"
dotnet build eng/ReproGate.Recorder -c "$configuration" -v:quiet -clp:NoSummary </dev/null || exit 1
recorder="eng/ReproGate.Recorder/bin/$configuration/net10.0/ReproGate.Recorder.dll"
if [ -n "$project" ]; then
  [ -d "$project" ] && project=$(ls "$project"/*.*proj)
  assembly=$(dotnet msbuild "$project" -getProperty:TargetPath) || exit 1
  step "Keys"
  dotnet "$recorder" "$assembly" --directory "$(dirname "$project")" "$@"
  exit
fi

shop=$(mktemp -d)
trap 'rm -rf "$shop"' EXIT
# A copy, so that this repository's own Directory.Build files do not lie above it.
cp -R testassets/config-shop/. "$shop"
for app in Shop.Api Shop.Worker; do
  dotnet build "$shop/src/$app" -v:quiet -clp:NoSummary </dev/null || exit 1
done
step "Keys"
failed=0
dotnet "$recorder" "$shop/src/Shop.Api/bin/Debug/net10.0/Shop.Api.dll" --directory "$shop/src/Shop.Api" --get / || failed=1
dotnet "$recorder" "$shop/src/Shop.Worker/bin/Debug/net10.0/Shop.Worker.dll" --directory "$shop/src/Shop.Worker" || failed=1
exit $failed
