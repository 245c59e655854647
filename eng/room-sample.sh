#!/usr/bin/env bash
# To be sourced by what starts the clean room again and again: a repository in the current folder whose only source is the packed SDK.
# room_sample <folder with the packed SDK> <properties, as XML>; the projects are the caller's, and so are lock files and commit.

# Names of the author, and nodes, pipes and packages that are this run's alone.
room_environment() {
  export NUGET_PACKAGES="$1/packages" MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0
  export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@localhost GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@localhost
}

room_sample() {
  local package version
  package=$(ls "$1"/ReproGate.Sdk.*.nupkg) || return 1
  version=$(basename "$package" .nupkg)
  mkdir -p .feeds
  cp "$package" .feeds/
  cat >Directory.Build.props <<X
<Project>
  <Sdk Name="ReproGate.Sdk" Version="${version#ReproGate.Sdk.}" />
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <ReproGateCleanRoomTest>false</ReproGateCleanRoomTest>
    $2
  </PropertyGroup>
</Project>
X
  echo '<configuration><packageSources><clear /><add key="feed" value=".feeds" /></packageSources><packageSourceMapping><packageSource key="feed"><package pattern="*" /></packageSource></packageSourceMapping></configuration>' >NuGet.config
  printf '{ "sdk": { "version": "%s", "rollForward": "latestPatch" } }\n' "$(dotnet --version)" >global.json
  printf 'bin/\nobj/\n.feeds/\n' >.gitignore
}
