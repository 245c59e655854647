using System.Text.Json.Nodes;
using ReproGate.TestKit;
using ReproGate.Tests;

namespace ReproGate.Integration.Tests.Reporting;

public sealed class SarifFileTests
{
    [Fact]
    public void Findings_come_and_go_with_the_fault_even_when_an_old_state_returns()
    {
        using TestRepository repo = TestRepository.Create("répo with space");
        repo.Project("src/App/App.csproj");
        repo.Lock("src/App/App.csproj");
        Assert.Empty(Results(repo));

        string lockFile = repo.Read("src/App/packages.lock.json");
        DateTime written = File.GetLastWriteTimeUtc(repo.PathOf("src/App/packages.lock.json"));
        File.Delete(repo.PathOf("src/App/packages.lock.json"));
        repo.Dotnet("restore", "src/App/App.csproj").AssertRed("RGATE1001", repo.PathOf("src/App/App.csproj"));

        JsonNode result = Assert.Single(Results(repo))!;
        Assert.Equal("RGATE1001", (string?)result["ruleId"]);
        Assert.Equal("error", (string?)result["level"]);
        JsonNode artifact = result["locations"]![0]!["physicalLocation"]!["artifactLocation"]!;
        Assert.Equal("src/App/App.csproj", (string?)artifact["uri"]);
        Assert.Equal("SRCROOT", (string?)artifact["uriBaseId"]);
        Assert.DoesNotContain(repo.Root, repo.Read("src/App/obj/reprogate/App.csproj/reprogate.sarif"), StringComparison.Ordinal);

        // The very state that had passed: its stamp must not stand for a report that says otherwise.
        repo.Write("src/App/packages.lock.json", lockFile);
        File.SetLastWriteTimeUtc(repo.PathOf("src/App/packages.lock.json"), written);
        repo.Dotnet("restore", "src/App/App.csproj").AssertGreen();
        Assert.Empty(Results(repo));
    }

    [Fact]
    public void A_suppressed_finding_stays_in_the_report_as_suppressed()
    {
        using TestRepository repo = TestRepository.Create();
        repo.Project("src/App/App.csproj", project => project.Property("RestorePackagesWithLockFile", "false").Property("NoWarn", "$(NoWarn);rgate1001"));
        repo.Commit();

        repo.Dotnet("restore", "src/App/App.csproj").AssertGreen();

        Assert.Equal("external", (string?)Assert.Single(Results(repo))!["suppressions"]![0]!["kind"]);
    }

    private static JsonArray Results(TestRepository repo)
    {
        string sarif = repo.Read("src/App/obj/reprogate/App.csproj/reprogate.sarif");
        SarifSchema.AssertValid(sarif);
        return JsonNode.Parse(sarif)!["runs"]![0]!["results"]!.AsArray();
    }
}
