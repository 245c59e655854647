using System.Text.Json;
using ReproGate.TestKit;

namespace ReproGate.Integration.Tests.Tool;

/// <summary>RGATE0020: what a change loosens in the gates that judge it, also where it takes the gate away.</summary>
public sealed class WeakenedTests
{
    [Fact]
    public void A_change_that_loosens_a_gate_is_told_and_one_that_moves_or_tightens_is_not()
    {
        using TestRepository repo = TestRepository.Create("weak ened");
        repo.Project("src/App/App.csproj", static project => project.Property("ReproGateCooldownDays", "3"));
        repo.Write("src/App/Code.cs", "public static class Code { public static int Run() => 1; }");
        repo.Solution("All.slnx", "src/App/App.csproj");
        repo.Write(".editorconfig", "root = true\n\n[*.cs]\ndotnet_diagnostic.RGATE2003.severity = none\n");
        // Commits what it has written, and all else.
        repo.Lock();

        // Red: a gate off, a rule lowered, an exception, the lock file gone.
        string original = repo.Read("src/App/App.csproj");
        repo.Replace("src/App/App.csproj", "</Project>", "<PropertyGroup>\n<ReproGateMachineEnabled>false</ReproGateMachineEnabled></PropertyGroup></Project>");
        repo.Write(".editorconfig", repo.Read(".editorconfig") + "dotnet_diagnostic.RGATE1001.severity = none\n");
        repo.Write("reprogate.allow.json", "{ \"allow\": [\n { \"variable\": \"ACME_LABEL\", \"reason\": \"the build agent sets it\" } ] }");
        File.Delete(repo.PathOf("src/App/packages.lock.json"));
        ProcessResult red = repo.Reprogate("check", "--since", "HEAD", "--format", "json");
        Assert.Equal(1, red.ExitCode);
        Assert.Equal(
            [
                (".editorconfig", 5),
                ("reprogate.allow.json", 2),
                ("src/App/App.csproj", original.TrimEnd().Split('\n').Length + 1),
                ("src/App/packages.lock.json", 0),
            ],
            Found(red));

        // Green: a longer cooldown, a severity that is less low, a rule made an error.
        repo.Git("checkout", "--quiet", "HEAD", "--", ".");
        File.Delete(repo.PathOf("reprogate.allow.json"));
        repo.Replace("src/App/App.csproj", "3<", "5<");
        repo.Write(".editorconfig", "root = true\n\n[*.cs]\ndotnet_diagnostic.RGATE2003.severity = suggestion\ndotnet_diagnostic.RGATE1012.severity = error\n");
        ProcessResult green = repo.Reprogate("check", "--since", "HEAD", "--format", "json");
        Assert.True(green.ExitCode == 0 && Found(green).Count == 0, green.ToString());

        // Red: the gate itself taken away, which no build can tell; and in CI it is an error.
        repo.Git("checkout", "--quiet", "HEAD", "--", ".");
        repo.Write("Directory.Build.props", "<Project />");
        repo.Environment["CI"] = "true";
        ProcessResult removed = repo.Reprogate("check", "--since", "HEAD", "--format", "github");
        Assert.Equal(1, removed.ExitCode);
        Assert.Contains("::error file=Directory.Build.props", removed.Output, StringComparison.Ordinal);
        Assert.Contains("RGATE0020", removed.Output, StringComparison.Ordinal);
    }

    private static List<(string File, int Line)> Found(ProcessResult result) =>
        [.. result.Output.Split('\n').Where(static line => line.StartsWith('{'))
            .Select(static line => JsonDocument.Parse(line).RootElement)
            .Where(static finding => finding.GetProperty("id").GetString() == "RGATE0020")
            .Select(static finding => (finding.GetProperty("file").GetString()!, finding.TryGetProperty("line", out JsonElement line) ? line.GetInt32() : 0))
            .Order()];
}
