#!/usr/bin/env bash
# How long the tool takes to start, beside an empty program: both run in turn, after one round to warm up; medians of wall clock and processor time.
# Exit code 1 where a median of the wall clock is above its bar (milliseconds, below).
# Linux, on an idle machine, with the tool built (dotnet build src/ReproGate.Cli -c Release). Usage: eng/start-up.sh [rounds]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
rounds=${1:-21}
tool=src/ReproGate.Cli/bin/Release/net10.0/reprogate.dll
[ -f "$tool" ] || { echo "$tool is not there: dotnet build src/ReproGate.Cli -c Release"; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/Empty"
cat > "$work/Empty/Empty.csproj" <<'PROJECT'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><InvariantGlobalization>true</InvariantGlobalization></PropertyGroup>
</Project>
PROJECT
echo 'return;' > "$work/Empty/Program.cs"
dotnet build "$work/Empty" -c Release -o "$work/out" -v:quiet -clp:NoSummary >/dev/null

declare -A command=(
  [empty]="$work/out/Empty.dll"
  [--version]="$tool --version"
  [--help]="$tool --help"
  [rules]="$tool rules"
  [explain]="$tool explain RGATE2001"
)
# What only says something, and the catalogue, which is laid out before it is said.
declare -A bar=([--version]=150 [--help]=150 [explain]=150 [rules]=200)
TIMEFORMAT="%R %U %S"
export LC_ALL=C
names=(empty --version --help rules explain)
for ((round = 0; round <= rounds; round++)); do
  for name in "${names[@]}"; do
    # shellcheck disable=SC2086
    took=$({ time dotnet exec ${command[$name]} >/dev/null </dev/null; } 2>&1)
    [ "$round" -eq 0 ] || echo "$took" >> "$work/${name#--}.times"
  done
done
echo "| command | wall clock | quartiles | processor time |"
echo "|---|---:|---|---:|"
for name in "${names[@]}"; do
  cpu=$(awk '{ print ($2 + $3) * 1000 }' "$work/${name#--}.times" | sort -n | awk '{ time[NR] = $1 } END { printf "%.0f", time[int((NR + 1) / 2)] }')
  awk '{ print $1 * 1000 }' "$work/${name#--}.times" | sort -n | awk -v name="$name" -v cpu="$cpu" '{ time[NR] = $1 } END { printf "| `%s` | %.0f ms | %.0f–%.0f ms | %s ms |\n", name, time[int((NR + 1) / 2)], time[int((NR + 3) / 4)], time[int((3 * NR + 1) / 4)], cpu }'
done
slow=0
for name in "${!bar[@]}"; do
  median=$(awk '{ print $1 * 1000 }' "$work/${name#--}.times" | sort -n | awk '{ time[NR] = $1 } END { printf "%.0f", time[int((NR + 1) / 2)] }')
  [ "$median" -le "${bar[$name]}" ] || { echo "$name took $median ms, the bar is ${bar[$name]} ms" >&2; slow=1; }
done
exit $slow
