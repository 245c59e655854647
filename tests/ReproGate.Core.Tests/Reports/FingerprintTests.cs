using ReproGate.Reports;

namespace ReproGate.Core.Tests.Reports;

public sealed class FingerprintTests
{
    private static readonly ReportPaths Paths = new("/r");
    private static readonly Finding Finding = new(RuleCatalog.FloatingVersion, new SourceLocation("/r/App/App.csproj", 5, 3), "what", "why", "fix") { Subject = "Acme.Json" };

    [Fact]
    public void It_survives_moved_lines_another_checkout_and_another_wording()
    {
        string first = Fingerprint.Of(Finding, Paths);

        Assert.Matches("^[0-9a-f]{32}$", first);
        Assert.Equal(first, Fingerprint.Of(Finding with { Location = new SourceLocation("/r/App/App.csproj", 50, 1), What = "other" }, Paths));
        Assert.Equal(first, Fingerprint.Of(Finding with { Location = new SourceLocation("/elsewhere/App/App.csproj", 5, 3) }, new ReportPaths("/elsewhere/")));
    }

    [Fact]
    public void Another_subject_file_or_rule_is_another_finding()
    {
        string first = Fingerprint.Of(Finding, Paths);

        Assert.NotEqual(first, Fingerprint.Of(Finding with { Subject = "Acme.Xml" }, Paths));
        Assert.NotEqual(first, Fingerprint.Of(Finding with { Location = new SourceLocation("/r/Lib/App.csproj", 5, 3) }, Paths));
        Assert.NotEqual(first, Fingerprint.Of(Finding with { Rule = RuleCatalog.LockFileStale }, Paths));
    }
}
