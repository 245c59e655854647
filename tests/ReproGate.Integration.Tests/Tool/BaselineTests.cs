using ReproGate.Reports;
using ReproGate.TestKit;

namespace ReproGate.Integration.Tests.Tool;

/// <summary>RGATE0010 and the baseline: an accepted finding is silent until its last day, and an entry without finding is told.</summary>
public sealed class BaselineTests
{
    [Fact]
    public void An_accepted_finding_is_silent_until_it_expires_and_the_entry_is_told_when_it_is_gone()
    {
        using TestRepository repo = TestRepository.Create("base line");
        PackageFixture.Create(repo.Feed, "Acme.Far", "2.0.0");
        PackageFixture.Create(repo.Feed, "Acme.Near", "1.0.0", ["Acme.Far/2.0.0"]);
        repo.Project("App/App.csproj", static project => project.Package("Acme.Near", "1.0.0"));
        repo.Write("App/Program.cs", "public static class Program { public static int Run() => AcmeNear.Thing.Do() + AcmeFar.Thing.Do(); }");
        repo.Solution("All.slnx", "App/App.csproj");
        repo.Lock();
        repo.Dotnet("build", "All.slnx").AssertRed("RGATE2001", repo.PathOf("App/Program.cs"), 1);

        ProcessResult added = repo.Reprogate("baseline", "add", "--owner", "shop team", "--reason", "leaves in spring", "--expires", "2999-12-31");
        Assert.True(added.ExitCode == 0 && added.Output.Contains("1 entries added", StringComparison.Ordinal), added.ToString());
        // Accepted, also with moved lines; SARIF says by whom.
        repo.Write("App/Program.cs", "\n\n" + repo.Read("App/Program.cs"));
        repo.Dotnet("build", "All.slnx").AssertGreen();
        ReportedFinding accepted = Assert.Single(SarifReader.Read(File.ReadAllBytes(repo.PathOf("App/obj/reprogate/App.csproj/reprogate.sarif"))));
        Assert.True(accepted.Suppressed);
        Assert.Equal("shop team, until 2999-12-31: leaves in spring", accepted.Justification);
        // A near miss: nothing is to be removed while the finding stands.
        Assert.Contains("0 entries removed, 1 kept", repo.Reprogate("baseline", "prune").Output, StringComparison.Ordinal);

        repo.Replace("reprogate.baseline.json", "2999-12-31", "2020-12-31");
        ProcessResult expired = repo.Dotnet("build", "All.slnx");
        expired.AssertRed("RGATE2001", repo.PathOf("App/Program.cs"), 3);
        Assert.Contains(expired.Warnings, warning => warning.Code == "RGATE0010" && warning.File == repo.PathOf("reprogate.baseline.json") && warning.Line == 3);

        repo.Replace("App/Program.cs", " + AcmeFar.Thing.Do()", "");
        ProcessResult gone = repo.Dotnet("build", "All.slnx");
        gone.AssertWarns("RGATE0010", repo.PathOf("reprogate.baseline.json"), 3);
        Assert.Contains("1 entries removed, 0 kept", repo.Reprogate("baseline", "prune").Output, StringComparison.Ordinal);
        repo.Dotnet("build", "All.slnx").AssertGreen();

        repo.Write("reprogate.baseline.json", "{ \"findings\": [\n{ \"rule\": \"RGATE2001\" } ] }");
        repo.Dotnet("build", "All.slnx").AssertRed("RGATE0001", repo.PathOf("reprogate.baseline.json"), 2);
    }

    [Fact]
    public void What_one_target_framework_has_is_not_gone_where_the_others_do_not()
    {
        using TestRepository repo = TestRepository.Create("frameworks");
        PackageFixture.Create(repo.Feed, "Acme.Base", "1.5.0");
        PackageFixture.Create(repo.Feed, "Acme.Json", "1.0.0", ["Acme.Base/1.0.0"]);
        repo.Project("App/App.csproj", static project => project
            .Property("TargetFrameworks", "net10.0;net10.0-windows").Property("EnableWindowsTargeting", "true").Property("DisableTransitiveFrameworkReferenceDownloads", "true")
            .Package("Acme.Json", "1.0.0", "'$(TargetFramework)' == 'net10.0-windows'", ("NoWarn", "NU1603")));
        repo.Write("App/Program.cs", """
            public static class Program
            {
            #if WINDOWS
                public static int Run() => AcmeJson.Thing.Do();
            #endif
            }
            """);
        repo.Lock("App/App.csproj");
        repo.Dotnet("build", "App/App.csproj").AssertOnlyRed("RGATE1008", repo.PathOf("App/App.csproj"));

        Assert.Contains("1 entries added", repo.Reprogate("baseline", "add", "App/App.csproj", "--owner", "us", "--reason", "known", "--expires", "2999-12-31").Output, StringComparison.Ordinal);
        repo.Dotnet("build", "App/App.csproj").AssertGreen();
    }
}
