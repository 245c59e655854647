using ReproGate.Facts;
using ReproGate.Gates.LockedRestore;

namespace ReproGate.Core.Tests.Gates.LockedRestore;

public sealed class LockFileMalformedTests
{
    private const string Net10 = ".NETCoreApp,Version=v10.0";
    private const string Path = "/r/App/packages.lock.json";

    private static readonly RestoreDeclaration Project = new()
    {
        ProjectPath = "/r/App/App.csproj",
        ProjectName = "App",
        TargetFramework = "net10.0",
        FrameworkName = Net10,
        LockFilePath = Path,
        PrunedPackages = [new DeclaredPackage("System.Text.Json", "10.0.0", "", "")],
    };

    private static readonly PackagesLockEntry Json = Entry("Acme.Json", PackagesLockEntryType.Direct, 5, "Acme.Core");
    private static readonly PackagesLockEntry Core = Entry("Acme.Core", PackagesLockEntryType.Transitive, 9);

    [Fact]
    public void Nodes_that_fit_together_pass() => Assert.Empty(Check([Json, Core, Entry("lib", PackagesLockEntryType.Project, 12, "acme.JSON", "deep"), Entry("deep", PackagesLockEntryType.Project, 14)]));

    [Fact]
    public void An_orphan_is_told_where_it_stands() => Red(Check([Json, Core, Entry("Junk", PackagesLockEntryType.Transitive, 20)]), 20, "Junk 1.0.0 in \"net10.0\" is needed by no other entry.");

    [Fact]
    public void Orphans_that_need_each_other_are_orphans() =>
        Assert.Equal(2, Check([Json, Core, Entry("A", PackagesLockEntryType.Transitive, 20, "B"), Entry("B", PackagesLockEntryType.Transitive, 21, "A")]).Count);

    [Fact]
    public void A_dependency_without_an_entry_is_told_where_it_stands() => Red(Check([Json]), 6, "Acme.Json in \"net10.0\" depends on Acme.Core, which has no entry there.");

    [Fact]
    public void A_dependency_the_framework_provides_needs_no_entry() => Assert.Empty(Check([Entry("Acme.Log", PackagesLockEntryType.Direct, 5, "System.Text.Json")]));

    [Fact]
    public void A_target_of_a_runtime_identifier_holds_only_differences() =>
        Assert.Empty(Check([Json, Core], [Entry("Acme.Json", PackagesLockEntryType.Direct, 30, "Acme.Core"), Entry("runtime.linux-x64.Acme", PackagesLockEntryType.Transitive, 33)]));

    [Theory]
    [InlineData("resolved version")]
    [InlineData("contentHash")]
    [InlineData("requested range")]
    public void A_package_that_lacks_something_is_told(string lacking)
    {
        PackagesLockEntry entry = lacking switch
        {
            "resolved version" => Core with { Resolved = "", Type = PackagesLockEntryType.Direct },
            "contentHash" => Core with { ContentHash = "", Type = PackagesLockEntryType.Direct },
            _ => Core with { Requested = "", Type = PackagesLockEntryType.Direct },
        };
        Red(Check([entry]), 9, $"Acme.Core in \"net10.0\" has no {lacking}.");
    }

    [Fact]
    public void A_transitive_package_needs_no_requested_range() => Assert.Empty(Check([Json, Core with { Requested = "" }]));

    [Fact]
    public void A_resolved_version_outside_its_range_is_told() => Red(Check([Json with { ResolvedIsInRequested = false }, Core]), 5, "is resolved to 1.0.0, which the requested [1.0.0, ) does not admit");

    [Fact]
    public void A_chain_of_a_hundred_thousand_entries_is_walked_without_recursion()
    {
        PackagesLockEntry[] chain = [.. Enumerable.Range(0, 100_000).Select(static index => Entry($"P{index}", index == 0 ? PackagesLockEntryType.Direct : PackagesLockEntryType.Transitive, index + 1, index < 99_999 ? [$"P{index + 1}"] : []))];
        Assert.Empty(Check(chain));
    }

    [Fact]
    public void A_lock_without_targets_is_told()
    {
        Finding finding = Assert.Single(LockFileMalformed.CheckForm(Project, new PackagesLockReading(new PackagesLock(Path, 1, []), []), "restore"));
        Assert.Equal((RuleCatalog.LockFileMalformed, "restore"), (finding.Rule, finding.Command));
    }

    [Fact]
    public void Conflict_markers_ask_for_a_side_of_the_merge_first()
    {
        var reading = new PackagesLockReading(null, [new PackagesLockDefect(new SourceLocation(Path, 2, 1), "it holds conflict markers of an unfinished merge", "conflict-markers")]);
        Assert.StartsWith("Take either side of the merge", Assert.Single(LockFileMalformed.CheckForm(Project, reading, "restore")).Fix, StringComparison.Ordinal);
    }

    private static void Red(List<Finding> findings, int line, string text)
    {
        Finding finding = Assert.Single(findings);
        Assert.Equal(new SourceLocation(Path, line, 7), finding.Location);
        Assert.Contains(text, finding.What, StringComparison.Ordinal);
    }

    private static List<Finding> Check(PackagesLockEntry[] entries, PackagesLockEntry[]? runtime = null)
    {
        List<PackagesLockTarget> targets = [new("net10.0", Net10, "", "", [.. entries], new SourceLocation(Path, 4, 5))];
        if (runtime is not null)
        {
            targets.Add(new PackagesLockTarget("net10.0/linux-x64", Net10, "", "linux-x64", [.. runtime], new SourceLocation(Path, 29, 5)));
        }

        return [.. LockFileMalformed.CheckNodes(Project, new PackagesLock(Path, 1, [.. targets]), "restore")];
    }

    private static PackagesLockEntry Entry(string id, PackagesLockEntryType type, int line, params string[] dependencies) => new(
        id,
        type,
        "[1.0.0, )",
        "1.0.0",
        "hash",
        [.. dependencies.Select(dependency => new PackagesLockDependency(dependency, "[1.0.0, )", new SourceLocation(Path, line + 1, 7)))],
        new SourceLocation(Path, line, 7));
}
