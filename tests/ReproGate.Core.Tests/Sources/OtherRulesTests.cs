using System.Collections.Immutable;
using ReproGate.Facts;
using ReproGate.Gates.Itself;
using ReproGate.Gates.LockedRestore;
using ReproGate.Reports;
using static ReproGate.Core.Tests.Sources.Build;

namespace ReproGate.Core.Tests.Sources;

public sealed class OtherRulesTests
{
    private const string Org = "https://api.nuget.org/v3/index.json";
    private static readonly ImmutableDictionary<string, string> NoOrigins = ImmutableDictionary<string, string>.Empty;

    [Fact]
    public void An_untracked_lock_file_is_found_unless_git_could_not_say()
    {
        Finding finding = Assert.Single(LockFileUntracked.Check(Project(), new GitFileState(Tracked: false)));
        Assert.Equal(("RGATE1002", InRepo("App/packages.lock.json")), (finding.Rule.Id, finding.Location.File));
        Assert.StartsWith("git add ", finding.Command, StringComparison.Ordinal);
        Assert.Empty(LockFileUntracked.Check(Project(), new GitFileState(Tracked: true)));
        Assert.Empty(LockFileUntracked.Check(Project(), null));
        Assert.Empty(LockFileUntracked.Check(Project() with { ForceEvaluate = true }, new GitFileState(Tracked: false)));
        Assert.Single(LockFileUntracked.Check(Project() with { ForceEvaluate = true, ContinuousIntegration = true }, new GitFileState(Tracked: false)));
        Assert.Empty(LockFileUntracked.Check(Project() with { LockFileExists = false }, new GitFileState(Tracked: false)));
    }

    [Fact]
    public void An_ignored_lock_file_is_found_at_the_ignoring_line()
    {
        var line = new SourceLocation(InRepo(".gitignore"), 12, 1);
        Assert.Equal(line, Assert.Single(LockFileUntracked.Check(Project(), new GitFileState(Tracked: false, line, "*.json"))).Location);
    }

    /// <summary>Only where the pattern is of the file's own name does a line after it bring the file back.</summary>
    [Theory]
    [InlineData("*.lock.json", true)]
    [InlineData("packages.lock.json", true)]
    [InlineData("*", false)]
    [InlineData("App", false)]
    [InlineData("App/", false)]
    [InlineData("App/*.json", true)]
    [InlineData("/App/packages.lock.json", true)]
    [InlineData("**/packages.lock.json", true)]
    [InlineData("App/**", false)]
    [InlineData("App/*", false)]
    [InlineData("*p*", false)]
    public void An_ignored_lock_file_is_taken_back_by_an_edit_where_that_helps(string pattern, bool edits)
    {
        Finding finding = Assert.Single(LockFileUntracked.Check(Project(), new GitFileState(Tracked: false, new SourceLocation(InRepo(".gitignore"), 12, 1), pattern)));

        Assert.Equal(edits ? [new TextEdit(InRepo(".gitignore"), 12, pattern.Length + 1, 12, pattern.Length + 1, "\n!packages.lock.json")] : [], finding.Edits.AsEnumerable());
        Assert.Empty(Assert.Single(LockFileUntracked.Check(Project(), new GitFileState(Tracked: false, new SourceLocation("/home/ann/.config/git/ignore", 1, 1), pattern))).Edits);
    }

    [Fact]
    public void Two_sources_need_a_mapping_and_one_does_not()
    {
        Assert.Empty(SourceNotMapped.Check(Settings(Source("nuget.org", Org)), NoOrigins));
        Assert.Empty(SourceNotMapped.Check(Settings(Source("nuget.org", Org), Source("again", Org + "/")), NoOrigins));
        Assert.Empty(SourceNotMapped.Check(Settings(Source("nuget.org", Org), Source("off", "https://off/v3") with { Enabled = false }), NoOrigins));

        NuGetSettingsFacts two = Settings(Source("corp", "https://corp/v3"), Source("nuget.org", Org));
        Finding finding = Assert.Single(SourceNotMapped.Check(two, new Dictionary<string, string> { ["Acme.B"] = "https://corp/v3/", ["Acme.A"] = "https://corp/v3", ["Other"] = Org }));
        Assert.Equal((InRepo("NuGet.config"), 3), (finding.Location.File, finding.Location.Line));
        Assert.Contains("<packageSource key=\"corp\"><package pattern=\"Acme.A\" /><package pattern=\"Acme.B\" /></packageSource><packageSource key=\"nuget.org\"><package pattern=\"*\" /></packageSource>", finding.Fix, StringComparison.Ordinal);
        TextEdit edit = Assert.Single(finding.Edits);
        Assert.Equal((finding.Location.File, 3, finding.Location.Column), (edit.File, edit.StartLine, edit.StartColumn));
        Assert.StartsWith("<packageSourceMapping>\n", edit.NewText.Replace("\n" + new string(' ', edit.StartColumn - 1), "\n", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("<package pattern=\"Acme.B\" />", edit.NewText, StringComparison.Ordinal);
        NuGetSettingsFacts named = Settings(Source("Tools & \"Co\"", "https://corp/v3"), Source("nuget.org", Org));
        Finding escaped = Assert.Single(SourceNotMapped.Check(named, new Dictionary<string, string> { ["Acme.A"] = "https://corp/v3" }));
        Assert.Contains("<packageSource key=\"Tools &amp; &quot;Co&quot;\">", Assert.Single(escaped.Edits).NewText, StringComparison.Ordinal);
        Assert.Contains("<packageSource key=\"Tools &amp; &quot;Co&quot;\">", escaped.Fix, StringComparison.Ordinal);
        // A source that nothing came from would be mapped by a guess: said, and left to a person.
        Finding guess = Assert.Single(SourceNotMapped.Check(two, NoOrigins));
        Assert.Contains("<package pattern=\"corp.*\" />", guess.Fix, StringComparison.Ordinal);
        Assert.Empty(guess.Edits);
        Assert.Empty(SourceNotMapped.Check(two with { Mappings = [new SourceMappingFact("corp", "*", new SourceLocation("x"), SettingsLevel.Repository)] }, NoOrigins));
    }

    [Fact]
    public void Every_package_needs_a_pattern_of_an_enabled_source()
    {
        var section = new SourceLocation(InRepo("NuGet.config"), 9, 3);
        (string, string, SourceLocation)[] mapping = [("nuget.org", "Microsoft.*", section with { Line = 10 }), ("gone", "Corp.*", section with { Line = 13 })];
        Finding[] findings = [.. SourceNotMapped.Check(Project(), ["Microsoft.X", "Corp.A", "Acme", "acme"], mapping, ["nuget.org"], section)];
        // Where a pattern is missing the mapping is told, where a key is wrong the element that has it.
        Assert.Equal([("Acme", 9), ("Corp.A", 13)], findings.Select(static finding => (finding.Subject, finding.Location.Line)));
        Assert.Equal(Project().ProjectPath, Assert.Single(SourceNotMapped.Check(Project(), ["Acme"], mapping, ["nuget.org"], place: null)).Location.File);
        Assert.Empty(SourceNotMapped.Check(Project(), ["Acme"], [], ["nuget.org"], section));
    }

    [Fact]
    public void A_pattern_is_added_to_the_mapping_else_beside_the_sources_of_the_repository()
    {
        SettingsFileFact File(string name, params string[] sections) => new(InRepo(name), SettingsLevel.Repository) { Sections = [.. sections.Select(static (section, i) => new SettingsSectionFact(section, (10 * i) + 2, 3, HasClear: true))] };
        NuGetSettingsFacts settings = Settings(Source("nuget.org", Org)) with { Files = [File("NuGet.config", "packageSources", "packageSourceMapping")] };

        Assert.Equal((12, 3), (settings.MappingPlace!.Line, settings.MappingPlace.Column));
        Assert.Equal(2, (settings with { Files = [File("NuGet.config", "packageSources")] }).MappingPlace!.Line);
        Assert.Equal(1, (settings with { Files = [File("NuGet.config", "config")] }).MappingPlace!.Line);
        Assert.Null((settings with { Files = [new SettingsFileFact("/home/u/NuGet.Config", SettingsLevel.User)] }).MappingPlace);
        // Of several files the one that has the mapping.
        SettingsFileFact[] files = [File("sub/NuGet.config", "packageSources"), File("NuGet.config", "packageSourceMapping")];
        NuGetSettingsFacts both = settings with { Files = [.. files], Mappings = [new SourceMappingFact("nuget.org", "*", new SourceLocation(files[1].Path, 4, 5), SettingsLevel.Repository)] };
        Assert.Equal((files[1].Path, 2), (both.MappingPlace!.File, both.MappingPlace.Line));
    }

    [Theory]
    [InlineData(true, false, true, "RestoreForceEvaluate")]
    [InlineData(true, true, true, "RestoreForceEvaluate")]
    [InlineData(true, false, false, "RestoreLockedMode")]
    [InlineData(false, true, false, "")]
    [InlineData(true, true, false, "")]
    public void Locked_mode_must_hold_in_CI(bool ci, bool locked, bool force, string subject)
    {
        string[] subjects = [.. LockedModeOff.Check(Project() with { ContinuousIntegration = ci, LockedMode = locked, ForceEvaluate = force }, new RepositoryFiles()).Select(static finding => finding.Subject)];
        Assert.Equal(subject.Length > 0 ? [subject] : [], subjects);
    }

    [Fact]
    public void Locked_mode_off_is_found_where_it_is_set()
    {
        RestoreDeclaration project = Project() with { ContinuousIntegration = true, LockedMode = false };
        Assert.Equal(9, Assert.Single(LockedModeOff.Check(project, Files(Property("RestoreLockedMode", "false", 9)))).Location.Line);
        Assert.Equal(project.ProjectPath, Assert.Single(LockedModeOff.Check(project, Files(Property("RestoreLockedMode", "true", 9)))).Location.File);
        // Where it is written as a plain text, the edit says the opposite.
        Assert.Equal("true", NewText(project, "RestoreLockedMode", "false"));
        Assert.Null(NewText(project, "RestoreLockedMode", "$(Locked)"));
        Assert.Equal("false", NewText(project with { ForceEvaluate = true }, "RestoreForceEvaluate", "true"));

        static string? NewText(RestoreDeclaration project, string property, string value) =>
            Assert.Single(LockedModeOff.Check(project, Files(Property(property, value, 9) with { TextSpan = new TextSpan("/repo/A.csproj", 9, 30, 30 + value.Length) }))).Edits.SingleOrDefault()?.NewText;
    }

    [Theory]
    [InlineData("1.2.3", 0)]
    [InlineData("1.2.3.0", 0)]
    [InlineData("1.2.4", 1)]
    [InlineData("1.*", 1)]
    [InlineData("[1.2.3]", 1)]
    [InlineData("$(GateVersion)", 0)]
    public void The_gates_own_version_is_pinned_to_what_runs(string declared, int count)
    {
        var pin = new SdkPin("1.2.3", [new SdkDeclaration("ReproGate.Sdk", declared, new SourceLocation(InRepo("global.json"), 3, 20))]);
        Assert.Equal(count, SdkNotPinned.Check(pin, static _ => true).Count());
        Assert.Empty(SdkNotPinned.Check(pin, static _ => false));
        Assert.Empty(SdkNotPinned.CheckDeclared(pin, complete: true, InRepo("App/App.csproj")));
    }

    [Fact]
    public void An_import_by_path_pins_nothing()
    {
        Assert.Equal("RGATE0003", Assert.Single(SdkNotPinned.CheckDeclared(new SdkPin("1.2.3", []), complete: true, InRepo("App/App.csproj"))).Rule.Id);
        Assert.Empty(SdkNotPinned.CheckDeclared(new SdkPin("1.2.3", []), complete: false, InRepo("App/App.csproj")));
    }

    [Theory]
    [InlineData("'$(Configuration)' == 'Release'", MachineAspects.Configuration)]
    [InlineData("'$(OS)' == 'Windows_NT'", MachineAspects.OperatingSystem)]
    [InlineData("$([MSBuild]::IsOSPlatform('Linux'))", MachineAspects.Host)]
    [InlineData("$([System.Runtime.InteropServices.RuntimeInformation]::IsOSPlatform($([System.Runtime.InteropServices.OSPlatform]::Windows)))", MachineAspects.Host)]
    [InlineData("'$(RuntimeIdentifier)' != ''", MachineAspects.RuntimeIdentifier)]
    [InlineData("$(NETCoreSdkVersion.StartsWith('10'))", MachineAspects.Sdk)]
    [InlineData("'$(ViaProperty)' == 'true'", MachineAspects.OperatingSystem)]
    [InlineData("'$(TargetFramework)' == 'net10.0'", MachineAspects.None)]
    [InlineData("'$(ConfigurationName)' == 'x'", MachineAspects.None)]
    [InlineData("'$(Circle)' == 'x'", MachineAspects.None)]
    public void What_a_declaration_depends_on_is_read_from_its_conditions(string condition, MachineAspects expected)
    {
        RepositoryFiles files = Files(
            Property("ViaProperty", "true", 2, "'$(Other)' == 'yes'"),
            Property("Other", "yes", 3, "'$(OS)' == 'Unix'"),
            Property("Circle", "$(Circle2)", 4),
            Property("Circle2", "$(Circle)", 5),
            Item("PackageReference", "Acme", "1.0.0", 8, condition),
            Item("Compile", "x.cs", null, 9, "'$(Configuration)' == 'Debug'"));
        Assert.Equal(expected, MachineDependencies.Of(files).Aggregate(MachineAspects.None, static (all, dependency) => all | dependency.Aspects));
    }

    [Fact]
    public void A_condition_on_the_configuration_counts_only_where_the_evaluations_differ()
    {
        ImmutableArray<MachineDependency> dependencies = MachineDependencies.Of(Files(Item("PackageReference", "Acme", "1.0.0", 8, "'$(Configuration)' == 'Release'")));
        DeclaredSet without = new([], ImmutableDictionary<string, string>.Empty);
        DeclaredSet with = new([new DeclaredSetItem("PackageReference", "acme", "1.0.0")], ImmutableDictionary<string, string>.Empty);

        Assert.Empty(LockDependsOnMachine.Check(Project(), dependencies, [new EvaluationVariation(MachineAspects.Configuration, "Configuration=Release", with, with)]));
        Assert.Empty(LockDependsOnMachine.Check(Project(), dependencies, []));
        Finding finding = Assert.Single(LockDependsOnMachine.Check(Project(), dependencies, [new EvaluationVariation(MachineAspects.Configuration, "Configuration=Release", without, with)]));
        Assert.Equal(("RGATE1012", 8, Severity.Warning), (finding.Rule.Id, finding.Location.Line, finding.Rule.DefaultSeverity));
        Assert.Contains("+acme 1.0.0", finding.What, StringComparison.Ordinal);
        Assert.StartsWith("What App.csproj locks depends on", finding.What, StringComparison.Ordinal);
    }

    [Fact]
    public void What_projects_share_that_depends_on_the_machine_is_one_fault_of_theirs()
    {
        const string NotOnWindows = "'$(OS)' != 'Windows_NT'";
        ProjectElement shared = Item("PackageReference", "Acme", "1.0.0", 8, NotOnWindows) with { Location = new SourceLocation(InRepo("Common.props"), 8, 3) };
        DeclaredSet here = new([new("PackageReference", "acme", "1.0.0")], ImmutableDictionary<string, string>.Empty);
        DeclaredSet there = new([], ImmutableDictionary<string, string>.Empty);
        string KeyOf(string project) => SharedFault.KeyOf(Assert.Single(LockDependsOnMachine.Check(Project() with { ProjectPath = InRepo(project) }, MachineDependencies.Of(Files(shared)), [new EvaluationVariation(MachineAspects.OperatingSystem, "OS=Windows_NT", here, there)])));

        Assert.Equal(KeyOf("App/App.csproj"), KeyOf("Lib/Lib.csproj"));
        Assert.Contains("What each project that imports Common.props locks depends on", KeyOf("App/App.csproj"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_central_version_that_goes_with_its_reference_is_not_told_apart()
    {
        const string NotOnWindows = "'$(OS)' != 'Windows_NT'";
        ImmutableArray<MachineDependency> dependencies = MachineDependencies.Of(Files(Item("PackageVersion", "Acme", "1.0.0", 3, NotOnWindows), Item("PackageReference", "Acme", null, 8, NotOnWindows), Item("PackageVersion", "Other", "1.0.0", 4, NotOnWindows)));
        DeclaredSet here = new([new("PackageReference", "acme", ""), new("PackageVersion", "acme", "1.0.0"), new("PackageVersion", "other", "1.0.0")], ImmutableDictionary<string, string>.Empty);
        DeclaredSet there = new([], ImmutableDictionary<string, string>.Empty);

        Assert.Equal([8, 4], LockDependsOnMachine.Check(Project(), dependencies, [new EvaluationVariation(MachineAspects.OperatingSystem, "OS=Windows_NT", here, there)]).Select(static finding => finding.Location.Line).OrderDescending());
    }
}
