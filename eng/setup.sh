# Sourced by the scripts beside it, in the repository's root: checks for what they need, and builds the solution once.
configuration=Release
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false DOTNET_CLI_UI_LANGUAGE=en
# No build node may outlive a script: it would hold the task assemblies that the next build replaces.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0
# The compiler server holds nothing of ours and saves most of a compilation; this one is the script's own and ends with it.
export UseSharedCompilation=true SharedCompilationId="reprogate-eng-$$"
end_compiler_server() {
  local roslyn
  roslyn=$(dotnet --list-sdks | sed -n "s#^$(dotnet --version) \\[\\(.*\\)\\]#\\1/$(dotnet --version)/Roslyn/bincore#p")
  dotnet exec "$roslyn/VBCSCompiler.dll" -shutdown "-pipename:$SharedCompilationId" >/dev/null 2>&1
}
trap end_compiler_server EXIT
: "${HOME:=${TMPDIR:-/tmp}}"
export HOME
# dotnet does not start without a home folder.
mkdir -p "$HOME"

step() { printf '\n== %s\n' "$*"; }

need() {
  if ! command -v git >/dev/null 2>&1; then
    # A bare container image: install it where that is possible without asking.
    if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
      apt-get update -qq </dev/null && apt-get install -y -qq git </dev/null >/dev/null
    fi
    command -v git >/dev/null 2>&1 || { echo "git is needed and not on PATH."; exit 1; }
  fi
  local version
  if ! version=$(dotnet --version 2>&1); then
    printf '%s\n' "$version" "The .NET SDK 10.0.100 or later is needed: https://dotnet.microsoft.com/download/dotnet/10.0"
    exit 1
  fi
  step "git $(git --version | cut -d' ' -f3), .NET SDK $version, $(getconf _NPROCESSORS_ONLN 2>/dev/null || echo ?) cores"
}

# Restores locked, builds everything; building the integration tests packs the SDK once, under version 999.9.9.
build_solution() {
  need
  step "Restore (locked)"
  dotnet restore ReproGate.sln --locked-mode -v:quiet </dev/null || return 1
  step "Build and pack"
  dotnet build ReproGate.sln --no-restore -c "$configuration" -v:quiet -clp:NoSummary </dev/null || return 1
}
