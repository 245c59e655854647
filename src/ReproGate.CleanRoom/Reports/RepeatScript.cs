using System.Text;
using ReproGate.CleanRoom.Comparison;

namespace ReproGate.CleanRoom.Reports;

/// <summary>Writes a shell script that anyone can run to build the commit again and compare every output with the hashes of this run. It needs git, dotnet and sha256sum, not ReproGate.</summary>
public static class RepeatScript
{
    /// <summary>Writes the script (POSIX sh).</summary>
    public static string Write(CleanRoomReport report)
    {
        var script = new StringBuilder();
        Line("#!/bin/sh");
        Line($"# Builds {OneLine(report.Repository)} at {OneLine(report.Commit)} again and compares every output with the hashes of the clean room.");
        if (report.IsWeakerRoom)
        {
            Line($"# The clean room was weaker than a container: {OneLine(report.Paths.Scrub(string.Join("; ", report.Weaker)))}.");
        }

        Line("# Usage: repeat.sh [folder]: a clone is made there; without it, in a new temporary folder.");
        Line("set -eu");
        Line($"repository=${{REPOSITORY:-{Quote(report.RepositoryUri.Length > 0 ? report.RepositoryUri : ".")}}}");
        Line($"commit={Quote(report.Commit)}");
        Line($"entry={Quote(report.Entry)}");
        Line($"configuration={Quote(report.Configuration)}");
        if (report.IsModified)
        {
            Line("echo 'The tree that was built held changes that are not in the commit: differences are to be expected.' >&2");
        }

        Line("folder=${1:-$(mktemp -d)}");
        Line("umask 022");
        Line("git clone --quiet \"$repository\" \"$folder/src\"");
        Line("cd \"$folder/src\"");
        Line("git checkout --quiet --detach \"$commit\"");
        Line("git submodule update --quiet --init --recursive");
        Line("SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)");
        Line("export SOURCE_DATE_EPOCH");
        Line("dotnet restore \"$entry\" --locked-mode");
        Line("dotnet build \"$entry\" --no-restore --configuration \"$configuration\" -p:ContinuousIntegrationBuild=true");
        Line("cat > \"$folder/outputs.sha256\" <<'REPROGATE_OUTPUTS'");
        foreach (string line in (report.Outputs ?? new OutputManifest([])).ToText().Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Line(line);
        }

        Line("REPROGATE_OUTPUTS");
        Line("if sha256sum --check --quiet \"$folder/outputs.sha256\"; then");
        Line("  echo \"$(grep -c . \"$folder/outputs.sha256\") outputs, all identical\"");
        Line("else");
        Line("  echo 'Outputs differ; they lie in' \"$folder/src\" >&2");
        Line("  exit 1");
        Line("fi");
        return script.ToString();

        void Line(string text) => script.Append(text).Append('\n');
    }

    private static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    // In a comment a line end would begin a command.
    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
