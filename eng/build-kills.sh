#!/usr/bin/env bash
# Starts a build, or the command that writes the locks, again and again and ends it by SIGKILL at a random moment. After each kill the next build
# must be right: green, or, every other time, red with the fault that was put in before it. Usage: eng/build-kills.sh [times, 50] [seed]
# Needs the packed SDK: tests/ReproGate.Integration.Tests must have been built (Release). Ends with one line, exit code 1 where a build was not right.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
times=${1:-50}
RANDOM=${2:-1}
feed="$PWD/tests/ReproGate.Integration.Tests/bin/Release/net10.0/feed"
package=$(ls "$feed"/ReproGate.Sdk.*.nupkg) || exit 1
version=$(basename "$package" .nupkg); version=${version#ReproGate.Sdk.}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export NUGET_PACKAGES="$work/packages" MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 DOTNET_NOLOGO=1
export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@localhost GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@localhost
mkdir -p "$work/repo/.feeds" "$work/acme" "$work/repo/A" "$work/repo/B"

# Two versions of a package, made by the SDK itself: the newer one is what the fault asks for.
printf '<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net10.0</TargetFramework><AssemblyName>Acme.Json</AssemblyName><SuppressDependenciesWhenPacking>true</SuppressDependenciesWhenPacking></PropertyGroup></Project>' >"$work/acme/Acme.Json.csproj"
printf 'namespace AcmeJson { public static class Thing { public static int Do() { return 1; } } }' >"$work/acme/Thing.cs"
printf '<configuration><packageSources><clear /><add key="own" value="%s" /></packageSources></configuration>' "$work" >"$work/acme/NuGet.config"
pack() { dotnet pack "$work/acme" -v:q -nr:false -p:Version="$1" -o "$work/repo/.feeds" >"$work/pack.log" 2>&1 || { cat "$work/pack.log"; exit 1; }; }
pack 1.0.0
pack 1.1.0

cd "$work/repo" || exit 1
cp "$package" .feeds/
cat >Directory.Build.props <<Y
<Project>
  <Sdk Name="ReproGate.Sdk" Version="$version" />
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <ReproGateCacheDirectory>$work/cache/</ReproGateCacheDirectory>
  </PropertyGroup>
</Project>
Y
echo '<configuration><packageSources><clear /><add key="feed" value=".feeds" /></packageSources><packageSourceMapping><clear /><packageSource key="feed"><package pattern="*" /></packageSource></packageSourceMapping><disabledPackageSources><clear /></disabledPackageSources><fallbackPackageFolders><clear /></fallbackPackageFolders></configuration>' >NuGet.config
printf '{ "sdk": { "version": "%s", "rollForward": "latestPatch" } }\n' "$(dotnet --version)" >global.json
printf 'bin/\nobj/\n' >.gitignore
printf '<Project Sdk="Microsoft.NET.Sdk">\n  <ItemGroup>\n    <PackageReference Include="Acme.Json" Version="1.0.0" />\n  </ItemGroup>\n</Project>\n' >A/A.csproj
printf '<Project Sdk="Microsoft.NET.Sdk">\n  <ItemGroup>\n    <PackageReference Include="Acme.Json" Version="1.0.0" />\n    <ProjectReference Include="../A/A.csproj" />\n  </ItemGroup>\n</Project>\n' >B/B.csproj
printf 'namespace A; public static class One { public static int Get() => AcmeJson.Thing.Do(); }\n' >A/One.cs
printf 'namespace B; public static class Two { public static int Get() => A.One.Get() + AcmeJson.Thing.Do(); }\n' >B/Two.cs
echo '<Solution><Project Path="A/A.csproj" /><Project Path="B/B.csproj" /></Solution>' >S.slnx

build=(build S.slnx -v:m -nr:false -m:2)
lock=(msbuild -t:ReproGateLock S.slnx -v:m -nr:false -m:2)
git init -q . && dotnet "${lock[@]}" >"$work/whole.log" 2>&1 && git add -A && git commit -qm one || { cat "$work/whole.log"; exit 1; }
# What the commit has is asked of nobody, so the lines of new packages are gone when the file is written anew: once here, to compare with later.
rm reprogate.lock.json && dotnet "${lock[@]}" >"$work/whole.log" 2>&1 && git commit -qam two || { cat "$work/whole.log"; exit 1; }
stamps() { find . -path '*/obj/reprogate/*' -name '*.ok' | wc -l; }
# Nothing is remembered: each check has to be made anew, so that a kill can hit any of its steps.
forget() { rm -rf A/obj B/obj obj A/bin B/bin "$work/cache"; }
took() { local start; start=$(date +%s%N); dotnet "$@" >"$work/whole.log" 2>&1 || { cat "$work/whole.log"; exit 1; }; echo $((($(date +%s%N) - start) / 1000000)); }
forget; build_took=$(took "${build[@]}") || exit 1; all=$(stamps)
forget; lock_took=$(took "${lock[@]}") || exit 1
[ -z "$(git status --porcelain)" ] || { git status --short; exit 1; }

faults=0 before=0 amid=0 after=0
for turn in $(seq 1 "$times"); do
  forget
  if [ $((turn % 5)) = 0 ]; then
    command=("${lock[@]}"); whole=$lock_took
    # There is something to write: both lock files and the lines of ReproGate's own.
    rm -f A/packages.lock.json B/packages.lock.json reprogate.lock.json
  else
    command=("${build[@]}"); whole=$build_took
  fi
  delay=$(((RANDOM * 32768 + RANDOM) % whole + 100))
  setsid dotnet "${command[@]}" >"$work/$turn.log" 2>&1 &
  killed=$!
  sleep "$((delay / 1000)).$(printf '%03d' $((delay % 1000)))"
  # The whole session: nodes and compilers too, at once.
  kill -s KILL -- "-$killed" 2>/dev/null; wait "$killed" 2>/dev/null
  have=$(stamps)
  if [ "$have" = 0 ]; then before=$((before + 1)); elif [ "$have" -lt "$all" ]; then amid=$((amid + 1)); else after=$((after + 1)); fi
  if [ "${command[0]}" = msbuild ]; then
    # What is written half, or not, is written whole by the same command.
    dotnet "${lock[@]}" >"$work/$turn.next.log" 2>&1 || { faults=$((faults + 1)); echo "turn $turn: the command that was killed after $delay ms fails now"; tail -n 5 "$work/$turn.next.log"; }
    [ -z "$(git status --porcelain)" ] || { faults=$((faults + 1)); echo "turn $turn: other locks than before"; git diff; git checkout -q .; }
  elif [ $((turn % 2)) = 0 ]; then
    sed -i 's/"1.0.0"/"1.1.0"/' A/A.csproj
    dotnet "${build[@]}" >"$work/$turn.next.log" 2>&1 && { faults=$((faults + 1)); echo "turn $turn: a stale lock passes after $delay ms"; }
    grep -q 'A.csproj(3,[0-9]*): error RGATE1003' "$work/$turn.next.log" || { faults=$((faults + 1)); echo "turn $turn: the stale lock is not told after $delay ms"; tail -n 5 "$work/$turn.next.log"; }
    git checkout -q A/A.csproj
  else
    dotnet "${build[@]}" >"$work/$turn.next.log" 2>&1 && ! grep -q RGATE "$work/$turn.next.log" || { faults=$((faults + 1)); echo "turn $turn: the build after a kill after $delay ms is not green"; tail -n 5 "$work/$turn.next.log"; }
  fi
done

echo "$times kills, $before before the first check had passed, $amid between the first and the last, $after behind the last (a whole build takes $build_took ms, writing the locks $lock_took ms); $faults faults"
[ "$faults" = 0 ]
