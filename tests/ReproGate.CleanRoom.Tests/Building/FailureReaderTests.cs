using System.Collections.Frozen;
using System.Collections.Immutable;
using ReproGate.CleanRoom.Building;
using ReproGate.CleanRoom.Engines;
using ReproGate.Facts.CleanRoom;

namespace ReproGate.CleanRoom.Tests.Building;

public sealed class FailureReaderTests
{
    private const string Source = "/room/a b/src";
    private static readonly string Root = Path.Combine(Path.GetTempPath(), "repo");

    [Theory]
    [InlineData("CS2001", "Source file '/room/a b/src/App/Own.cs' could not be found.", "App/Own.cs")]
    [InlineData("MSB4019", "The imported project \"/room/a b/src/eng/Own.props\" was not found. Confirm that the expression is right.", "eng/Own.props")]
    [InlineData("MSB3030", "Could not copy the file \"data/own.json\" because it was not found.", "App/data/own.json")]
    [InlineData("CS7027", "Error signing output with public key from file '../key.snk' -- File not found.", "key.snk")]
    public void A_file_that_only_the_work_tree_has_is_named(string code, string message, string file)
    {
        RoomFailure failure = Read([new(code, message, Source + "/App/App.csproj", 3, 1, Source + "/App/App.csproj")], machine: new FakeMachine { Files = [file], Ignored = [file] });

        Assert.Equal((MissingInput.File, file), (failure.Missing, failure.Input));
        Assert.True(failure.IsIgnored);
        Assert.Equal("App/App.csproj", failure.Error.Project);
        Assert.DoesNotContain(Source, failure.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_nobody_has_or_git_has_is_not_called_missing_here()
    {
        LoggedError error = new("CS2001", $"Source file '{Source}/App/Own.cs' could not be found.", "", 0, 0, Source + "/App/App.csproj");

        Assert.Equal(MissingInput.Unknown, Read([error]).Missing);
        Assert.Equal(MissingInput.Unknown, Read([error], tracked: ["App/App.csproj", "App/Own.cs"], machine: new FakeMachine { Files = ["App/Own.cs"] }).Missing);
    }

    [Theory]
    [InlineData("/bin/sh: 2: protoc: not found", "protoc")]
    [InlineData("/tmp/MSBuildTempbuilder/tmp0b1.exec.cmd: line 2: npm: command not found", "npm")]
    [InlineData("sh: 1: tailwindcss: not found", "tailwindcss")]
    [InlineData("An error occurred trying to start process 'node' with working directory '/room/a b/src'. No such file or directory", "node")]
    public void A_program_that_the_image_lacks_is_named(string line, string program)
    {
        RoomFailure failure = Read([new("MSB3073", $"The command \"{program} --x\" exited with code 127.", Source + "/App/App.csproj", 7, 5, Source + "/App/App.csproj")], output: [line]);

        Assert.Equal((MissingInput.Program, program), (failure.Missing, failure.Input));
        Assert.Equal(7, failure.Error.Location.Line);
    }

    [Theory]
    [InlineData("curl: (6) Could not resolve host: example.invalid", "example.invalid")]
    [InlineData("Temporary failure in name resolution (api.example.invalid:443)", "api.example.invalid:443")]
    [InlineData("Could not download \"https://example.invalid/a.zip\". Resource temporarily unavailable", "https://example.invalid/a.zip")]
    public void A_request_is_named_with_its_address(string line, string address)
    {
        RoomFailure failure = Read([new("MSB3923", line, Source + "/App/App.csproj", 7, 5, Source + "/App/App.csproj")]);

        Assert.Equal((MissingInput.Network, address), (failure.Missing, failure.Input));
    }

    [Fact]
    public void A_variable_of_this_machine_that_the_room_lacks_is_named_where_it_is_read()
    {
        RoomFailure failure = Read([new("CS0103", "The name 'X' does not exist", Source + "/App/A.cs", 1, 1, Source + "/App/App.csproj")], machine: new FakeMachine { Variable = ("API_BASE", new SourceLocation("App.csproj", 5, 9)) });

        Assert.Equal((MissingInput.Variable, "API_BASE"), (failure.Missing, failure.Input));
        Assert.Equal(5, failure.AskedAt!.Line);
    }

    [Fact]
    public void A_variable_counts_where_the_repository_reads_it_and_gives_it_no_value()
    {
        string root = Directory.CreateTempSubdirectory("reprogate-variables-").FullName;
        File.WriteAllText(Path.Combine(root, "A.csproj"), "<Project>\n  <P>$(Configuration) $(GIVEN_HERE) $(NOT_SET) $(HOME)</P>\n  <Q>$(ACME_KEY)</Q>\n</Project>\n");
        File.WriteAllText(Path.Combine(root, "B.props"), "<Project><GIVEN_HERE>1</GIVEN_HERE></Project>\n");

        var machine = new WorkTreeMachine(root, Tracked(["A.csproj", "B.props"]), ["Configuration", "GIVEN_HERE", "HOME", "ACME_KEY"]);

        Assert.Equal(("ACME_KEY", new SourceLocation(Path.Combine(root, "A.csproj"), 3, 6)), machine.VariableRead(""));
        Assert.Null(new WorkTreeMachine(root, Tracked(["A.csproj", "B.props"]), ["HOME", "GIVEN_HERE"]).VariableRead(""));
        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public void Without_a_log_the_console_is_read()
    {
        RoomFailure failure = FailureReader.Read(RoomPhase.Restore, Exit(["Some text", $"{Source}/App/App.csproj : error NU1101: Unable to find package Acme.Json. No packages exist with this id in source(s): feed [{Source}/A.slnx]"]), RoomLog.Empty, Source, Root, Tracked(["App/App.csproj"]), new FakeMachine());

        Assert.Equal((MissingInput.Package, "Acme.Json"), (failure.Missing, failure.Input));
        Assert.Equal("NU1101", failure.Error.Code);
    }

    [Fact]
    public void An_SDK_that_the_image_lacks_is_told_apart()
    {
        RoomFailure failure = FailureReader.Read(RoomPhase.Restore, Exit(["A compatible .NET SDK was not found.", "", "Requested SDK version: 10.0.999", "global.json file: /room/a b/src/global.json"]), RoomLog.Empty, Source, Root, Tracked([]), new FakeMachine());

        Assert.Equal((MissingInput.Sdk, "10.0.999"), (failure.Missing, failure.Input));
    }

    [Fact]
    public void Sources_without_git_are_suspects_of_an_error_that_names_no_file()
    {
        RoomFailure failure = Read([new("CS0246", "The type or namespace name 'Own' could not be found", Source + "/App/A.cs", 3, 1, Source + "/App/App.csproj")], machine: new FakeMachine { Sources = ["App/Own.cs"] });

        Assert.Equal<string>(["App/Own.cs"], failure.Suspects);
        Assert.Equal(Path.Combine(Root, "App/A.cs"), failure.Error.Location.File);
    }

    [Fact]
    public void Failed_tests_are_named()
    {
        RoomFailure failure = FailureReader.Read(RoomPhase.Test, Exit(["  Failed Shop.Tests.Prices.Are_right [12 ms]", "  Failed Shop.Tests.Prices.Are_right [12 ms]", "  Passed Shop.Tests.Other [1 ms]"]), RoomLog.Empty, Source, Root, Tracked([]), new FakeMachine());

        Assert.Equal<string>(["Shop.Tests.Prices.Are_right"], failure.Tests);
    }

    [Theory]
    [InlineData(Source)]
    [InlineData("/_")]
    public void A_failed_test_is_told_with_what_it_said_where_and_not_with_the_last_project_that_passed(string root)
    {
        string[] output =
        [
            "  Failed Shop.Tests.Prices.Are_right [12 ms]",
            "  Error Message:",
            "   Assert.Equal() Failure: Values differ",
            "Expected: 1",
            "  Stack Trace:",
            "     at Lib.Check.That(Object x) in /elsewhere/Lib/Check.cs:line 7",
            $"     at Shop.Tests.Prices.Are_right() in {root}/tests/Prices.cs:line 19",
            "",
            "Failed!  - Failed:     1, Passed:     0, Skipped:     0, Total:     1, Duration: 3 s - Shop.Tests.dll (net10.0)",
            "Passed!  - Failed:     0, Passed:    12, Skipped:     0, Total:    12, Duration: 1 m 19 s - Other.Tests.dll (net10.0)",
        ];

        RoomFailure failure = FailureReader.Read(RoomPhase.Test, Exit([.. output]), RoomLog.Empty, Source, Root, Tracked(["tests/Prices.cs"]), new FakeMachine());

        Assert.Equal("Assert.Equal() Failure: Values differ", failure.Error.Message);
        Assert.Equal((Path.Combine(Root, "tests/Prices.cs"), 19), (failure.Error.Location.File, failure.Error.Location.Line));
    }

    [Fact]
    public void A_failed_test_without_a_stack_is_told_all_the_same()
    {
        RoomFailure failure = FailureReader.Read(RoomPhase.Test, Exit(["  Failed Shop.Tests.Prices.Are_right [12 ms]", "  Passed Shop.Tests.Other [1 ms]"]), RoomLog.Empty, Source, Root, Tracked([]), new FakeMachine());

        Assert.Equal((Root, "it said nothing"), (failure.Error.Location.File, failure.Error.Message));
    }

    [Fact]
    public void The_watchdog_s_end_is_no_other_fault()
    {
        Assert.Equal(MissingInput.Disk, FailureReader.Read(RoomPhase.Build, Exit([]) with { OverDisk = true }, RoomLog.Empty, Source, Root, Tracked([]), new FakeMachine()).Missing);
        Assert.Equal(MissingInput.Processes, FailureReader.Read(RoomPhase.Build, Exit(["/tmp/x.exec.cmd: 2: Cannot fork"]), RoomLog.Empty, Source, Root, Tracked([]), new FakeMachine()).Missing);
        // Near miss: the same words of a name that is looked up are the network.
        Assert.Equal(MissingInput.Network, FailureReader.Read(RoomPhase.Build, Exit(["error : Resource temporarily unavailable (example.invalid:443)"]), RoomLog.Empty, Source, Root, Tracked([]), new FakeMachine()).Missing);
        Assert.Equal(MissingInput.Time, FailureReader.Read(RoomPhase.Build, Exit([]) with { TimedOut = true }, RoomLog.Empty, Source, Root, Tracked([]), new FakeMachine()).Missing);
    }

    [Fact]
    public void Each_project_that_failed_is_told_with_its_own_cause()
    {
        ImmutableArray<RoomFailure> failures = FailureReader.ReadAll(
            RoomPhase.Build,
            Exit(["curl: (6) Could not resolve host: example.invalid", "sh: 1: protoc: not found"]),
            new RoomLog(
            [
                new("CS0103", "The name 'X' does not exist", Source + "/A/A.cs", 1, 1, Source + "/A/A.csproj"),
                new("MSB3073", "The command \"protoc --x\" exited with code 127.", Source + "/B/B.csproj", 7, 5, Source + "/B/B.csproj"),
                new("MSB3073", "The command \"protoc --y\" exited with code 127.", Source + "/C/C.csproj", 7, 5, Source + "/C/C.csproj"),
                new("CS0006", $"Metadata file '{Source}/A/obj/ref/A.dll' could not be found", "CSC", 0, 0, Source + "/D/D.csproj"),
                new("CS0103", "The name 'Y' does not exist", Source + "/E/E.cs", 1, 1, Source + "/E/E.csproj"),
            ], []),
            Source,
            Root,
            Tracked(["A/A.csproj", "A/A.cs", "B/B.csproj", "E/E.cs"]),
            new FakeMachine { Variable = ("API_BASE", new SourceLocation("A.csproj", 5, 9)), VariableOf = "A" });

        Assert.Equal(
            [(MissingInput.Variable, "API_BASE", "A/A.csproj"), (MissingInput.Program, "protoc", "B/B.csproj"), (MissingInput.Unknown, "", "E/E.csproj")],
            failures.Select(static failure => (failure.Missing, failure.Input, failure.Error.Project)));
    }

    [Fact]
    public void One_project_s_failure_is_read_from_the_output_too()
    {
        ImmutableArray<RoomFailure> failures = FailureReader.ReadAll(RoomPhase.Build, Exit(["sh: 1: protoc: not found"]), new RoomLog([new("MSB3073", "The command \"sh make.sh\" exited with code 1.", Source + "/B/B.csproj", 7, 5, Source + "/B/B.csproj")], []), Source, Root, Tracked(["B/B.csproj"]), new FakeMachine());

        Assert.Equal("protoc", Assert.Single(failures).Input);
    }

    private static RoomFailure Read(ImmutableArray<LoggedError> errors, string[]? tracked = null, FakeMachine? machine = null, ImmutableArray<string>? output = null) =>
        FailureReader.Read(RoomPhase.Build, Exit(output ?? []), new RoomLog(errors, []), Source, Root, Tracked(tracked ?? ["App/App.csproj", "App/A.cs"]), machine ?? new FakeMachine());

    private static RoomExit Exit(ImmutableArray<string> output) => new(1, output, TimeSpan.FromSeconds(1), TimedOut: false);

    private static FrozenSet<string> Tracked(string[] files) => files.ToFrozenSet(StringComparer.Ordinal);

    private sealed record FakeMachine : IMachine
    {
        public string[] Files { get; init; } = [];

        public string[] Ignored { get; init; } = [];

        public (string Name, SourceLocation Location)? Variable { get; init; }

        public string VariableOf { get; init; } = "";

        public ImmutableArray<string> Sources { get; init; } = [];

        public bool Has(string relative) => Files.Contains(relative);

        public bool Ignores(string relative) => Ignored.Contains(relative);

        public ImmutableArray<string> SourcesWithoutGit(string folder) => Sources;

        public (string Name, SourceLocation Location)? VariableRead(string folder) => VariableOf.Length == 0 || VariableOf == folder || folder.Length == 0 ? Variable : null;
    }
}
