using System.Collections.Immutable;
using ReproGate.Cli.Building;
using ReproGate.Cli.Commands;
using ReproGate.Reports;

namespace ReproGate.Cli.Tests;

public sealed class GateBuildTests
{
    private static readonly Repo Repository = new(Path.Combine(Path.GetTempPath(), "my répo"), Path.Combine(Path.GetTempPath(), "my répo", "All.slnx"));

    /// <summary>A restore whose build never came would otherwise keep the next build from telling what it had told.</summary>
    [Fact]
    public void What_a_restore_told_is_forgotten_before_findings_are_collected()
    {
        string root = Directory.CreateTempSubdirectory("reprogate told ").FullName;
        try
        {
            string folder = Directory.CreateDirectory(Path.Combine(root, "src", "obj", "reprogate")).FullName;
            string told = Path.Combine(folder, "machine..told");
            string stamp = Path.Combine(folder, "machine.net10.0.0123.ok");
            string other = Path.Combine(root, "src", "machine.told");
            foreach (string file in (string[])[told, stamp, other])
            {
                File.WriteAllText(file, "RGATE4002,a,b,c\n");
            }

            GateBuild.ForgetTold(new Repo(root, Path.Combine(root, "All.slnx")));

            Assert.False(File.Exists(told));
            Assert.True(File.Exists(stamp));
            Assert.True(File.Exists(other));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Fact]
    public void Lines_of_the_build_are_told_apart()
    {
        List<ToldLine> told = [];
        List<string> other = [];
        List<string> steps = [];
        foreach (string line in (string[])
        [
            $"{Repository.Root}/src/A.csproj(12,5): warning RGATE2001: A uses B. Add it. [{Repository.Root}/src/A.csproj::TargetFramework=net10.0]",
            $"{Repository.Root}/NuGet.config(3,1) : warning RGATE1012: told again [{Repository.Root}/src/A.csproj]",
            $"{Repository.Root}/src/C.cs(1,1): error CS1002: ; expected [{Repository.Root}/src/A.csproj]",
            "MSBUILD : error MSB1009: Project file does not exist.",
            "  A -> /x/A.dll",
            "Nothing of note",
        ])
        {
            GateBuild.Sort(line, told, other, steps.Add);
        }

        Assert.Equal(
            [
                new ToldLine("RGATE2001", $"{Repository.Root}/src/A.csproj", 12, 5, false, "A uses B. Add it."),
                new ToldLine("RGATE1012", $"{Repository.Root}/NuGet.config", 3, 1, false, "told again"),
            ],
            told);
        Assert.Equal(2, other.Count);
        Assert.Equal(["Built A"], steps);
    }

    [Fact]
    public void What_was_told_gets_the_fix_and_the_level_of_its_report_and_is_told_once()
    {
        ReportedFinding known = new("RGATE2001", Severity.Error, "src/A.csproj", 12, 5, "A uses B. Add it.") { Fingerprint = "f", Command = "c" };
        ReportedFinding gone = known with { Line = 99 };
        var told = new ToldLine("RGATE2001", Path.Combine(Repository.Root, "src", "A.csproj"), 12, 5, false, "A uses B. Add it.");

        ImmutableArray<ReportedFinding> found = GateBuild.Match(Repository, [told, told, told with { Id = "RGATE1012", Line = 0, Column = 0 }], [known, gone]);

        Assert.Equal(known, found[0]);
        Assert.Equal(("RGATE1012", Severity.Warning, "src/A.csproj"), (found[1].RuleId, found[1].Level, found[1].File));
        Assert.Equal(2, found.Length);
    }

    [Fact]
    public void A_file_outside_the_repository_gives_its_name_only()
    {
        ReportedFinding found = GateBuild.Match(Repository, [new ToldLine("RGATE1009", Path.Combine(Path.GetTempPath(), "elsewhere", "NuGet.Config"), 1, 1, true, "text")], [])[0];

        Assert.Equal(("NuGet.Config", false, Severity.Error), (found.File, found.InRepository, found.Level));
    }

    [Theory]
    [InlineData("", null, false)]
    [InlineData("""{"cwd":"/x","stop_hook_active":false}""", "/x", false)]
    [InlineData("""{"stop_hook_active":true}""", null, true)]
    [InlineData("""{"cwd":7}""", null, false)]
    public void The_hook_reads_where_it_is_and_whether_it_was_here_before(string json, string? folder, bool again) =>
        Assert.Equal((folder, again), HookCommand.Read(json));

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    public void A_hook_without_an_object_says_so(string json) => Assert.Throws<ToolException>(() => HookCommand.Read(json));

    [Theory]
    [InlineData("2001", "RGATE2001")]
    [InlineData("rgate2001", "RGATE2001")]
    [InlineData("TransitivePackageUsed", "RGATE2001")]
    public void A_rule_is_found_by_id_number_and_name(string text, string id) => Assert.Equal(id, ExplainCommand.Find(text).Id);

    [Fact]
    public void Every_rule_has_its_page_in_the_tool() =>
        Assert.All(RuleCatalog.All, static rule => Assert.StartsWith($"# {rule.Id}: {rule.Title}\n", ExplainCommand.Page(rule).ReplaceLineEndings("\n"), StringComparison.Ordinal));
}
