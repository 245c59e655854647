using ReproGate.Facts;
using ReproGate.Gates.Machine;
using ReproGate.Gates.Packages;

namespace ReproGate.Core.Tests.Gates.Machine;

/// <summary>The rules of the machine gate on facts alone.</summary>
public sealed class MachineRulesTests
{
    private static readonly string Root = Path.Combine(Path.GetTempPath(), "repo");

    [Theory]
    [InlineData("10.0.401", "latestPatch", "10.0.405", false)]
    [InlineData("10.0.401", "LatestPatch", "10.0.405", false)]
    [InlineData("10.0.401", "disable", "10.0.401", false)]
    [InlineData("10.0.401", null, "10.0.401", false)]
    [InlineData("10.0.100-rc.2.25502.107", "patch", "", false)]
    [InlineData("10.0.100", "latestFeature", "10.0.401", true)]
    [InlineData("10.0.100", "major", "10.0.100", true)]
    [InlineData("10.0.100", "sideways", "10.0.100", true)]
    [InlineData("10.0", "patch", "10.0.100", true)]
    [InlineData("10.0.1xx", null, "10.0.100", true)]
    [InlineData(null, "latestPatch", "10.0.100", true)]
    public void A_pin_is_a_full_version_within_a_band(string? version, string? rollForward, string running, bool red)
    {
        string path = Path.Combine(Root, "global.json");
        var policy = new SdkPolicy(path, Exists: true)
        {
            Version = version is null ? null : new JsonText(version, new TextSpan(path, 3, 17, 17 + version.Length)),
            RollForward = rollForward is null ? null : new JsonText(rollForward, new TextSpan(path, 4, 21, 21 + rollForward.Length)),
        };

        Assert.Equal(red, SdkVersionLoose.Check(policy, Root, running).Any());
    }

    [Fact]
    public void The_mend_keeps_the_pinned_version_only_where_it_is_of_the_running_band()
    {
        string path = Path.Combine(Root, "global.json");
        SdkPolicy Policy(string version) => new(path, Exists: true) { Version = new JsonText(version, new TextSpan(path, 3, 17, 25)), RollForward = new JsonText("latestMinor", new TextSpan(path, 4, 21, 32)) };

        Assert.Equal(["latestPatch"], Assert.Single(SdkVersionLoose.Check(Policy("10.0.402"), Root, "10.0.401")).Edits.Select(static edit => edit.NewText));
        Assert.Equal(["10.0.401", "latestPatch"], Assert.Single(SdkVersionLoose.Check(Policy("10.0.100"), Root, "10.0.401")).Edits.Select(static edit => edit.NewText));
        Assert.Contains("outside the repository", Assert.Single(SdkVersionLoose.Check(Policy("10.0.402"), Path.Combine(Root, "inner"), "")).What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HOME", VariableForm.Property, false, true)]
    [InlineData("LocalAppData", VariableForm.Property, false, true)]
    [InlineData("ACME_HOME", VariableForm.Property, false, true)]
    [InlineData("anything", VariableForm.Function, false, true)]
    [InlineData("AcmeFlag", VariableForm.Property, true, true)]
    [InlineData("AcmeFlag", VariableForm.Property, false, false)]
    [InlineData("IsTestProject", VariableForm.Property, false, false)]
    [InlineData("CI", VariableForm.Property, true, false)]
    [InlineData("CI", VariableForm.Function, true, false)]
    [InlineData("GITHUB_ACTIONS", VariableForm.Property, true, false)]
    [InlineData("BUILD_BUILDNUMBER", VariableForm.Property, false, false)]
    [InlineData("DOTNET_ROOT", VariableForm.Property, true, false)]
    [InlineData("NUGET_PACKAGES", VariableForm.Function, true, false)]
    [InlineData("Configuration", VariableForm.Property, true, false)]
    [InlineData("VersionSuffix", VariableForm.Property, true, false)]
    [InlineData("SOURCE_DATE_EPOCH", VariableForm.Property, true, false)]
    public void Only_certain_variables_are_accused(string name, VariableForm form, bool isSet, bool red)
    {
        MachineInputs inputs = Inputs() with { Variables = [new VariableRead(name, form, new SourceLocation(Path.Combine(Root, "a.props"), 3, 9), $"$({name})") { IsSet = isSet }] };

        Assert.Equal(red, VariableUndeclared.Check(inputs).Any());
    }

    [Fact]
    public void A_variable_is_told_once_with_its_first_place()
    {
        VariableRead Read(int line, string name) => new(name, VariableForm.Property, new SourceLocation(Path.Combine(Root, "a.props"), line, 1), "");
        MachineInputs inputs = Inputs() with { Variables = [Read(3, "ACME_HOME"), Read(5, "ACME_HOME"), Read(9, "ACME_HOME")] };

        Finding finding = Assert.Single(VariableUndeclared.Check(inputs));
        Assert.Equal(3, finding.Location.Line);
        Assert.Contains("in 2 more places", finding.What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("git", "rev-parse HEAD", false)]
    [InlineData("GIT.EXE", "status", false)]
    [InlineData("dotnet", "build x.csproj", false)]
    [InlineData("dotnet", "tool restore", false)]
    [InlineData("dotnet", "../bin/x.dll --a", false)]
    [InlineData("dotnet", "exec x.dll", false)]
    [InlineData("dotnet", "ef migrations", false)]
    [InlineData("dotnet", "tool run dotnet-ef x", false)]
    [InlineData("dotnet", "swagger tofile", true)]
    [InlineData("dotnet", "tool run swagger", true)]
    [InlineData("dotnet", "$ x", false)]
    [InlineData("dotnet", "--roll-forward Major tool.dll", false)]
    [InlineData("dotnet-ef", "", true)]
    [InlineData("eng/run.sh", "", false)]
    [InlineData("./run", "", false)]
    [InlineData("robocopy", "a b", false)]
    [InlineData("docker", "ps", false)]
    [InlineData("npm", "ci", true)]
    [InlineData("pwsh", "x.ps1", true)]
    [InlineData("python3", "x.py", true)]
    public void Programs_are_judged_by_what_declares_them(string word, string arguments, bool red)
    {
        var run = new ProgramRun(word, $"{word} {arguments}", [.. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)], new SourceLocation(Path.Combine(Root, "a.targets"), 4, 20)) { ManifestCommands = ["dotnet-ef", "ef"] };
        MachineInputs inputs = Inputs(new AllowedInput(AllowedKind.Program, "docker", "r")) with { Programs = [run] };

        Assert.Equal(red, ProgramUndeclared.Check(inputs).Any());
    }

    [Fact]
    public void Node_needs_a_package_that_names_a_version()
    {
        var run = new ProgramRun("npm", "npm ci", ["ci"], new SourceLocation(Path.Combine(Root, "a.targets"), 4, 20));
        string package = Path.Combine(Root, "web", "package.json");

        Assert.Contains("does not say which version", Assert.Single(ProgramUndeclared.Check(Inputs() with { Programs = [run with { Node = new NodePackage(package, NamesVersion: false) }] })).What, StringComparison.Ordinal);
        Assert.Empty(ProgramUndeclared.Check(Inputs() with { Programs = [run with { Node = new NodePackage(package, NamesVersion: true) }] }));
    }

    [Theory]
    [InlineData("../shared/*", "/home/u/shared/a/b.cs", true)]
    [InlineData("../shared/*.props", "/home/u/shared/b.cs", false)]
    [InlineData("~/tools/x.targets", "/home/u/tools/x.targets", true)]
    [InlineData("/opt/acme/*", "/opt/acme/x.dll", true)]
    [InlineData(@"C:\Acme\*", "C:/Acme/x.dll", true)]
    [InlineData("lib/*.dll", "/home/u/repo/lib/x.dll", true)]
    [InlineData("lib/*.dll", "/home/u/other/lib/x.dll", false)]
    public void Allowed_paths_begin_at_root_or_home(string pattern, string file, bool allowed) =>
        Assert.Equal(allowed, new AllowList("x") { Entries = [new AllowedInput(AllowedKind.Path, pattern, "r")] }.AllowsPath(file, "/home/u/repo/", "/home/u"));

    /// <summary>The entry that a finding proposes is the one that allows the file, as it stands.</summary>
    [Theory]
    [InlineData("shared/Acme.dll", "")]
    [InlineData("tools/a b/Acme.dll", "tools")]
    public void The_entry_that_is_proposed_allows_the_file(string below, string home)
    {
        string outside = Path.GetFullPath(Path.Combine(Root, ".."));
        string file = Path.Combine(outside, below);
        MachineInputs With(params AllowedInput[] allowed) => Inputs(allowed) with
        {
            Home = home.Length > 0 ? Path.Combine(outside, home) : "",
            Outside =
            [
                new OutsideFile(InputKind.Reference, "Acme", file, new SourceLocation(Path.Combine(Root, "App", "App.csproj"), 3, 5)),
                new OutsideFile(InputKind.Import, "Import", file, new SourceLocation(Path.Combine(Root, "App", "App.csproj"), 4, 5)),
            ],
        };
        string entry = With().AllowedForm(file);

        Assert.Contains($"{{ \"path\": \"{entry}\", ", Assert.Single(ReferenceFromOutside.Check(With())).Fix, StringComparison.Ordinal);
        Assert.Contains($"{{ \"path\": \"{entry}\", ", Assert.Single(FileFromOutside.Check(With())).Fix, StringComparison.Ordinal);
        MachineInputs allowed = With(new AllowedInput(AllowedKind.Path, entry, "r"));
        Assert.Empty(ReferenceFromOutside.Check(allowed));
        Assert.Empty(FileFromOutside.Check(allowed));
    }

    [Fact]
    public void Ignored_sources_are_told_each_and_new_ones_together()
    {
        string project = Path.Combine(Root, "App", "App.csproj");
        string Source(string name) => Path.Combine(Root, "App", name);

        Finding[] local = [.. CompiledUntracked.Check(project, Root, [Source("B.cs"), Source("A.cs")], [Source("Local.cs")], continuousIntegration: false)];
        Assert.Equal(2, local.Length);
        Assert.Null(local[0].DefaultSeverity);
        Assert.Equal(Severity.Warning, local[1].DefaultSeverity);
        Assert.Equal(Source("A.cs"), local[1].Location.File);
        Assert.Null(Assert.Single(CompiledUntracked.Check(project, Root, [Source("A.cs")], [], continuousIntegration: true)).DefaultSeverity);
        Assert.Empty(CompiledUntracked.Check(project, Root, [], [], continuousIntegration: true));
    }

    [Fact]
    public void A_given_folder_may_lie_in_the_repository_and_one_around_it_says_nothing()
    {
        var territory = new Territory("/r/repo", ["/r/repo/packages", "/r"]);

        Assert.True(territory.IsOwn("/r/repo/src/a.props"));
        Assert.False(territory.IsOwn("/r/repo/packages/x/1.0.0/build/x.props"));
        Assert.False(territory.IsOutside("/r/repo/packages/x/1.0.0/build/x.props"));
        Assert.True(territory.IsOutside("/r/shared/a.cs"));
        Assert.True(territory.IsOutside("/r/repository/a.cs"));
    }

    private static MachineInputs Inputs(params AllowedInput[] allowed) => new()
    {
        ProjectPath = Path.Combine(Root, "App", "App.csproj"),
        RepositoryRoot = Root + Path.DirectorySeparatorChar,
        Allowed = new AllowList(Path.Combine(Root, "reprogate.allow.json")) { Entries = [.. allowed] },
    };
}
