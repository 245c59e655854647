using System.Collections.Frozen;
using System.Collections.Immutable;
using ReproGate.CleanRoom.Building;
using ReproGate.CleanRoom.Comparison;
using ReproGate.Facts.CleanRoom;
using ReproGate.TestKit;

namespace ReproGate.CleanRoom.Tests.Building;

/// <summary>Projects that build on one machine and not on the other, both played by real dotnet processes; what is told is what only the first one had.</summary>
public sealed class DivergenceFinderTests(DivergenceFinderTests.TwoMachines machines) : IClassFixture<DivergenceFinderTests.TwoMachines>
{
    private const string Level = "canary-level-77";

    [Fact]
    public void A_variable_behind_a_constant_of_the_compiler_is_told_where_it_is_read()
    {
        RoomFailure failure = machines.Explain("Constant");

        Assert.Equal((MissingInput.Variable, "ACME_LEVEL"), (failure.Missing, failure.Input));
        Assert.Equal(new SourceLocation(machines.Here.PathOf("Constant/Constant.csproj"), 6, 5), failure.AskedAt);
        Assert.DoesNotContain(Level, failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_variable_behind_a_condition_is_told_and_one_that_decides_nothing_is_not()
    {
        RoomFailure failure = machines.Explain("Asked");

        Assert.Equal((MissingInput.Variable, "ACME_LEVEL", 8), (failure.Missing, failure.Input, failure.AskedAt!.Line));
    }

    [Theory]
    [InlineData("Ignored", "Ignored/Own.Local.cs")]
    [InlineData("Imported", "Imported/Own.Local.props")]
    [InlineData("Template", "Template/text.Local.tt")]
    public void A_file_that_git_does_not_hold_is_told_although_the_project_reads_a_variable(string project, string file)
    {
        RoomFailure failure = machines.Explain(project);

        Assert.Equal((MissingInput.File, file, true), (failure.Missing, failure.Input, failure.IsIgnored));
    }

    [Fact]
    public void A_property_that_a_file_outside_gives_is_told_with_both_values()
    {
        RoomFailure failure = machines.Explain("Outside");

        Assert.Equal((MissingInput.Unknown, "property Channel", "fast", "slow"), (failure.Missing, failure.Divergence!.What, failure.Divergence.Here, failure.Divergence.InRoom));
        Assert.Equal(new SourceLocation(machines.Here.PathOf("Outside/Outside.csproj"), 4, 5), failure.Divergence.Location);
    }

    [Fact]
    public void The_value_of_a_variable_is_never_shown()
    {
        RoomFailure failure = machines.Explain("Secret");

        Assert.Equal("property Combined", failure.Divergence!.What);
        Assert.Equal("x$(ACME_LEVEL)y", failure.Divergence.Here);
    }

    [Fact]
    public void A_command_that_passes_here_with_the_same_text_is_told_as_such()
    {
        RoomFailure failure = machines.Explain("Command");

        Assert.Contains("the command of target Own", failure.Divergence!.What, StringComparison.Ordinal);
        // The one that failed, not the one before it that ran here only.
        Assert.Equal(8, failure.Divergence.Location!.Line);
    }

    [Fact]
    public void What_a_command_made_only_here_is_no_file_to_commit()
    {
        RoomFailure failure = machines.Explain("Made");

        Assert.Equal(MissingInput.Unknown, failure.Missing);
        Assert.Equal("parameter Sources of task Csc in target CoreCompile", failure.Divergence!.What);
        Assert.Contains("Made.g.cs", failure.Divergence.Here, StringComparison.Ordinal);
    }

    [Fact]
    public void What_fails_on_both_is_no_matter_of_the_machine()
    {
        RoomFailure failure = machines.Failure("Both") with { Missing = MissingInput.Variable, Input = "ACME_LEVEL" };
        var host = new HostBuildResult(machines.Here.Root, RoomPhase.Build, RoomLog.Read(machines.HostLog), [], machines.HostLog);

        RoomFailure alike = Assert.Single(HostComparison.Explain([failure], host, machines.RoomLogPath, machines.There, machines.Here.Root, machines.Tracked, machines));
        RoomFailure another = Assert.Single(HostComparison.Explain([machines.Failure("Constant")], host, machines.RoomLogPath, machines.There, machines.Here.Root, machines.Tracked, machines));

        Assert.Equal((false, MissingInput.Unknown), (alike.PassesHere, alike.Missing));
        Assert.Null(another.PassesHere);
        RoomFailure both = machines.Failure("Both");
        Assert.Null(Assert.Single(HostComparison.Explain([both with { Error = both.Error with { Code = "CS9999" } }], host, machines.RoomLogPath, machines.There, machines.Here.Root, machines.Tracked, machines)).PassesHere);
    }

    public sealed class TwoMachines : IDisposable, IMachine
    {
        private static readonly string[] Projects = ["Constant", "Asked", "Ignored", "Imported", "Template", "Outside", "Secret", "Command", "Made", "Both"];
        private readonly TestRepository _room;
        private readonly DivergenceFinder _finder;

        public TwoMachines()
        {
            Here = Make("here");
            _room = Make("the room");
            string outside = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(Here.Root)!, "outside")).FullName;
            Fill(Here, outside);
            Fill(_room, outside);
            Here.Write("Ignored/Own.Local.cs", "static class Own { public const int One = 1; }")
                .Write("Imported/Own.Local.props", "<Project>\n  <PropertyGroup>\n    <DefineConstants>$(DefineConstants);LEVEL</DefineConstants>\n  </PropertyGroup>\n</Project>\n")
                .Write("Template/text.Local.tt", "static class Made { public const int One = 1; }");
            Here.Environment["ACME_LEVEL"] = Level;
            Here.Environment["ACME_OTHER"] = "other-value-12";
            Tracked = Directory.EnumerateFiles(_room.Root, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(_room.Root, file).Replace('\\', '/')).ToFrozenSet(StringComparer.Ordinal);

            File.WriteAllText(Path.Combine(outside, "channel"), "fast");
            File.WriteAllText(Path.Combine(outside, "secret"), $"x{Level}y");
            File.WriteAllText(Path.Combine(outside, "data"), "data");
            ProcessResult here = Here.Dotnet("build", "All.slnx", "-c", "Release");
            File.WriteAllText(Path.Combine(outside, "channel"), "slow");
            File.WriteAllText(Path.Combine(outside, "secret"), "other");
            File.Delete(Path.Combine(outside, "data"));
            ProcessResult there = _room.Dotnet("build", "All.slnx", "-c", "Release");
            (HostLog, RoomLogPath) = (here.Binlog!, there.Binlog!);

            // Those that pass here are told of by the log of a build that failed for one of them.
            ImmutableArray<string> failedHere = [.. RoomLog.Read(HostLog).Errors.Select(static error => Path.GetFileNameWithoutExtension(error.Project)).Distinct()];
            Assert.True(failedHere is ["Both"], here.Describe());
            Assert.Equal(Projects.Order(StringComparer.Ordinal), RoomLog.Read(RoomLogPath).Errors.Select(static error => Path.GetFileNameWithoutExtension(error.Project)).Distinct().Order(StringComparer.Ordinal));
            There = new BuildMachine { SourcePath = _room.Root, Packages = _room.Packages, Home = _room.Home };
            _finder = DivergenceFinder.Create(
                HostLog,
                RoomLogPath,
                new BuildMachine { SourcePath = Here.Root, Packages = Here.Packages, Home = Here.Home },
                There,
                Here.Root,
                Tracked,
                this,
                [KeyValuePair.Create("ACME_LEVEL", Level), KeyValuePair.Create("ACME_OTHER", "other-value-12")])!;
        }

        public TestRepository Here { get; }

        public BuildMachine There { get; }

        public string HostLog { get; }

        public string RoomLogPath { get; }

        public FrozenSet<string> Tracked { get; }

        public RoomFailure Failure(string project)
        {
            LoggedError error = RoomLog.Read(RoomLogPath).Errors.First(error => Path.GetFileNameWithoutExtension(error.Project) == project);
            return new RoomFailure(RoomPhase.Build, new RoomError(error.Code, error.Message, new SourceLocation(Path.Combine(Here.Root, Path.GetRelativePath(_room.Root, error.File)), error.Line, error.Column), $"{project}/{project}.csproj"), MissingInput.Unknown, "");
        }

        public RoomFailure Explain(string project) => _finder.Explain(Failure(project));

        public bool Has(string relative) => File.Exists(Here.PathOf(relative));

        public bool Ignores(string relative) => relative.Contains(".Local.", StringComparison.Ordinal);

        public ImmutableArray<string> SourcesWithoutGit(string folder) => [];

        public (string Name, SourceLocation Location)? VariableRead(string folder) => null;

        public void Dispose()
        {
            Here.Dispose();
            _room.Dispose();
        }

        private static TestRepository Make(string name) => TestRepository.Create(name, privatePackages: false, gate: false, git: false);

        private static void Fill(TestRepository repository, string outside)
        {
            repository.Write("Directory.Build.props", "<Project>\n  <PropertyGroup>\n    <TargetFramework>net10.0</TargetFramework>\n    <Seen>$(ACME_OTHER)</Seen>\n  </PropertyGroup>\n</Project>\n");
            Project("Constant", "    <Seen>$(ACME_OTHER)</Seen>\n    <First>1</First>\n    <Second>2</Second>\n    <DefineConstants Condition=\"'$(ACME_LEVEL)' != ''\">$(DefineConstants);LEVEL</DefineConstants>", "", "#if LEVEL\nstatic class Own { public const int One = 1; }\n#endif\nstatic class Thing { public static int Run() => Own.One; }\n");
            Project("Asked", "    <Seen>$(ACME_OTHER)</Seen>", "  <Target Name=\"Own\" BeforeTargets=\"CoreCompile\">\n    <Message Text=\"x\" />\n    <Error Text=\"no level\" Condition=\"'$(ACME_LEVEL)' == ''\" />\n  </Target>", "static class Thing;\n");
            Project("Ignored", "    <Seen>$(ACME_LEVEL)</Seen>", "", "static class Thing { public static int Run() => Own.One; }\n");
            Project("Imported", "    <Seen>$(ACME_LEVEL)</Seen>", "  <Import Project=\"Own.Local.props\" Condition=\"Exists('Own.Local.props')\" />", "#if LEVEL\nstatic class Own { public const int One = 1; }\n#endif\nstatic class Thing { public static int Run() => Own.One; }\n");
            Project("Template", "    <Seen>$(ACME_LEVEL)</Seen>", "  <Target Name=\"Own\" BeforeTargets=\"CoreCompile\">\n    <ItemGroup>\n      <Text Include=\"*.tt\" />\n    </ItemGroup>\n    <Copy SourceFiles=\"@(Text)\" DestinationFolder=\"$(IntermediateOutputPath)\" Condition=\"'@(Text)' != ''\" />\n    <ItemGroup>\n      <Compile Include=\"$(IntermediateOutputPath)text.Local.tt\" Condition=\"Exists('$(IntermediateOutputPath)text.Local.tt')\" />\n    </ItemGroup>\n  </Target>", "static class Thing { public static int Run() => Made.One; }\n");
            Project("Outside", $"    <Channel>$([System.IO.File]::ReadAllText('{outside}/channel'))</Channel>", "  <Target Name=\"Own\" BeforeTargets=\"CoreCompile\">\n    <Error Text=\"not fast\" Condition=\"'$(Channel)' != 'fast'\" />\n  </Target>", "static class Thing;\n");
            Project("Secret", $"    <Combined>$([System.IO.File]::ReadAllText('{outside}/secret'))</Combined>", "  <Target Name=\"Own\" BeforeTargets=\"CoreCompile\">\n    <Error Text=\"not set\" Condition=\"'$(Combined)' == 'other'\" />\n  </Target>", "static class Thing;\n");
            Project("Command", "    <Seen>$(ACME_OTHER)</Seen>", $"  <Target Name=\"Own\" BeforeTargets=\"CoreCompile\">\n    <Exec Command=\"true\" Condition=\"'$(ACME_OTHER)' != ''\" />\n    <Exec Command=\"test -f '{outside}/data'\" />\n  </Target>", "static class Thing;\n");
            repository.Write("Made/make.sh", $"if [ -f '{outside}/data' ]; then echo 'static class Made {{ public const int One = 1; }}' >\"$1/Made.g.cs\"; fi\n");
            Project("Made", "    <Seen>$(ACME_LEVEL)</Seen>", "  <Target Name=\"Own\" BeforeTargets=\"CoreCompile\">\n    <Exec Command=\"sh make.sh $(IntermediateOutputPath)\" />\n    <ItemGroup>\n      <Compile Include=\"$(IntermediateOutputPath)*.g.cs\" />\n    </ItemGroup>\n  </Target>", "static class Thing { public static int Run() => Made.One; }\n");
            Project("Both", "    <Seen>$(ACME_LEVEL)</Seen>", "", "static class Thing { public static int Run() => Nowhere.One; }\n");
            repository.Solution("All.slnx", [.. Projects.Select(static name => $"{name}/{name}.csproj")]);

            void Project(string name, string properties, string rest, string source) => repository
                .Write($"{name}/{name}.csproj", $"<Project Sdk=\"Microsoft.NET.Sdk\">\n  <PropertyGroup>\n{(name == "Constant" ? "" : "    <Own>1</Own>\n")}{properties}\n  </PropertyGroup>\n{rest}\n</Project>\n")
                .Write($"{name}/Thing.cs", source);
        }
    }
}
