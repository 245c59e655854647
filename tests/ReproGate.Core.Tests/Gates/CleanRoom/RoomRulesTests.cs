using System.Collections.Immutable;
using ReproGate.Facts;
using ReproGate.Facts.CleanRoom;
using ReproGate.Gates.CleanRoom;

namespace ReproGate.Core.Tests.Gates.CleanRoom;

/// <summary>RGATE41xx on facts alone.</summary>
public sealed class RoomRulesTests
{
    private const string Id = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    private const string Digest = "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
    private static readonly string Root = Path.Combine(Path.GetTempPath(), "repo");
    private static readonly string Lock = Path.Combine(Root, "reprogate.lock.json");

    [Fact]
    public void Every_engine_that_was_tried_is_named_with_what_it_said()
    {
        Finding finding = EngineMissing.Check(Path.Combine(Root, "A.slnx"), [new("docker", "Cannot connect to the Docker daemon."), new("podman", "not on the PATH")]);

        Assert.Equal("RGATE4101", finding.Rule.Id);
        Assert.Contains("docker: Cannot connect to the Docker daemon; podman: not on the PATH.", finding.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("bubblewrap", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_nobody_named_an_engine_the_weaker_room_is_named_with_what_it_gives_up_and_never_taken()
    {
        Finding finding = EngineMissing.Check("A.slnx", [new("docker", "not on the PATH")], offersWeaker: true);

        Assert.Contains("ReproGateCleanRoomEngine=bubblewrap", finding.Fix, StringComparison.Ordinal);
        Assert.Contains("which nothing pins", finding.Fix, StringComparison.Ordinal);
        Assert.Equal(Severity.Error, finding.Rule.DefaultSeverity);
        // Who asked for it by name is told what is in its way, not to install another engine.
        Assert.Equal("Install it.", EngineMissing.Check("A.slnx", [new("bwrap", "not on the PATH") { Mend = "Install it." }]).Fix);
    }

    [Theory]
    [InlineData("sdk:10.0", "", "", true)]
    [InlineData("sdk:10.0", "", Id, false)]
    [InlineData("sdk:10.0", Digest, Digest, false)]
    [InlineData("sdk:10.0", Digest, Id, false)]
    [InlineData("sdk:10.0", Digest, "sha256:cc", true)]
    [InlineData("sdk@" + Digest, Digest, "", false)]
    [InlineData("sdk:10.0@" + Digest, "", "", false)]
    public void An_image_is_pinned_by_digest_by_id_or_by_its_name(string name, string digest, string pin, bool red)
    {
        var image = new RoomImage(name, Id) { Digests = digest.Length > 0 ? [digest] : [] };

        Finding? finding = ImageNotPinned.Check(image, pin, Lock, "A.slnx");

        Assert.Equal(red, finding is not null);
        if (finding is not null)
        {
            Assert.Equal(Lock, finding.Location.File);
            Assert.Contains(image.Pin, finding.Message, StringComparison.Ordinal);
            Assert.Contains("-p:ReproGateCleanRoomPin=true", finding.Command, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_whole_snapshot_is_not_accused() => Assert.Empty(SnapshotNotWhole.Check(Snapshot() with { Files = ["a.cs"], VersionTools = [new("MinVer", new SourceLocation(Lock))] }));

    [Fact]
    public void A_shallow_history_counts_only_with_a_version_tool()
    {
        Assert.Empty(SnapshotNotWhole.Check(Snapshot() with { IsShallow = true }));
        Finding finding = Assert.Single(SnapshotNotWhole.Check(Snapshot() with { IsShallow = true, VersionTools = [new("MinVer", new SourceLocation(Lock, 7))] }));
        Assert.Equal(7, finding.Location.Line);
        Assert.Equal("git fetch --unshallow", finding.Command);
    }

    [Theory]
    [InlineData("minver", true)]
    [InlineData("Nerdbank.GitVersioning", true)]
    [InlineData("MinVerify", false)]
    [InlineData("Git", false)]
    public void Version_tools_are_known_by_their_whole_id(string id, bool known) => Assert.Equal(known, SnapshotNotWhole.IsVersionTool(id));

    [Fact]
    public void Each_gap_of_a_snapshot_is_told_where_it_is()
    {
        List<Finding> findings = [.. SnapshotNotWhole.Check(Snapshot() with { LfsPointers = ["big.bin", "other.bin"], MissingSubmodules = ["lib/x"], CaseCollisions = [["Readme.md", "readme.md"]] })];

        Assert.Equal([".gitmodules", "big.bin", "other.bin", "Readme.md"], findings.Select(static finding => Path.GetFileName(finding.Location.File)));
        Assert.All(findings, static finding => Assert.Equal("RGATE4103", finding.Rule.Id));
        Assert.Contains("lib/x is a submodule not checked out", findings[0].What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "git add --force \"a/B.cs\"")]
    [InlineData(false, "git add \"a/B.cs\"")]
    public void A_needed_file_is_told_with_the_command_that_adds_it(bool ignored, string command)
    {
        Finding finding = SnapshotNotWhole.CheckNeeded(Failure(MissingInput.File, "a/B.cs") with { IsIgnored = ignored }, Root);

        Assert.Equal(command, finding.Command);
        Assert.Equal(Path.Combine(Root, "a/B.cs"), finding.Location.File);
    }

    [Theory]
    [InlineData(MissingInput.Variable, "API_BASE", "<API_BASE Condition")]
    [InlineData(MissingInput.Program, "npm", "runs npm")]
    [InlineData(MissingInput.Network, "https://example.invalid/x", "https://example.invalid/x")]
    [InlineData(MissingInput.Package, "Acme.Json", "-t:ReproGateLock")]
    [InlineData(MissingInput.Time, "", "ReproGateCleanRoomTimeout")]
    [InlineData(MissingInput.Disk, "", "ReproGateCleanRoomDisk")]
    [InlineData(MissingInput.Processes, "", "more processes")]
    [InlineData(MissingInput.Unknown, "", "cleanroom.html")]
    public void What_the_room_lacks_is_named_with_its_mend(MissingInput missing, string input, string said)
    {
        Finding finding = BuildFailsInRoom.Check(Failure(missing, input), "reprogate.allow.json");

        Assert.Equal("RGATE4104", finding.Rule.Id);
        Assert.Contains("CS0103: No such name", finding.What, StringComparison.Ordinal);
        Assert.Contains(said, finding.Message, StringComparison.Ordinal);
        Assert.Equal(4, finding.Location.Line);
    }

    [Fact]
    public void A_rebuild_that_fails_says_that_everything_was_varied() =>
        Assert.Contains("path, user, locale", BuildFailsInRoom.Check(Failure(MissingInput.Unknown, "") with { Phase = RoomPhase.Rebuild }, "a.json").What, StringComparison.Ordinal);

    [Fact]
    public void What_ceases_to_build_on_a_day_says_which_clock_it_saw()
    {
        Finding finding = BuildFailsInRoom.Check(Failure(MissingInput.Unknown, "") with { Phase = RoomPhase.Rebuild, ClockAhead = TimeSpan.FromDays(400) }, "a.json");

        Assert.Contains("cannot be built in the clean room once the clock stands 400 days ahead", finding.What, StringComparison.Ordinal);
        Assert.Contains("SOURCE_DATE_EPOCH", finding.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void Failed_tests_are_named_the_first_five()
    {
        Finding finding = TestsFailInRoom.Check(Failure(MissingInput.Unknown, "") with { Phase = RoomPhase.Test, Tests = ["A", "B", "C", "D", "E", "F", "G"] });

        Assert.Equal("RGATE4105", finding.Rule.Id);
        Assert.Contains("A, B, C, D, E and 2 more", finding.What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_read_variable_is_told_once_and_not_where_it_is_allowed()
    {
        ImmutableArray<UndeclaredInput> inputs =
        [
            new(MissingInput.Variable, "HOME", new SourceLocation(Path.Combine(Root, "b.csproj"), 3, 1)),
            new(MissingInput.Variable, "HOME", new SourceLocation(Path.Combine(Root, "a.csproj"), 9, 1)),
        ];

        Finding finding = Assert.Single(InputUndeclared.Check(inputs, new AllowList("reprogate.allow.json")));
        Assert.Equal(9, finding.Location.Line);
        Assert.Contains("(and in 1 more place)", finding.What, StringComparison.Ordinal);
        Assert.Empty(InputUndeclared.Check(inputs, new AllowList("x") { Entries = [new(AllowedKind.Variable, "home", "why")] }));
    }

    [Fact]
    public void What_the_system_was_asked_for_is_told_by_what_came_of_it()
    {
        var place = new SourceLocation(Path.Combine(Root, "a.csproj"), 9, 1);
        var allowed = new AllowList("reprogate.allow.json");

        string Told(UndeclaredInput input) => Assert.Single(InputUndeclared.Check([input], allowed)).What;

        Assert.Contains("ran the program python3, which the room holds", Told(new(MissingInput.Program, "python3", place) { IsThere = true }), StringComparison.Ordinal);
        Assert.Contains("looked for the program python3, which the room does not hold", Told(new(MissingInput.Program, "python3", place)), StringComparison.Ordinal);
        Assert.Contains("opened /opt/acme/a.json, a file of the room", Told(new(MissingInput.File, "/opt/acme/a.json", place) { IsThere = true }), StringComparison.Ordinal);
        Assert.Contains("asked for /opt/acme/a.json, a file outside the repository, and went on without it", Told(new(MissingInput.File, "/opt/acme/a.json", place)), StringComparison.Ordinal);
        Assert.Contains("HOME here; without it the build gives the same bits.", Told(new(MissingInput.Variable, "HOME", place) { Without = "the build gives the same bits" }), StringComparison.Ordinal);

        UndeclaredInput[] all = [new(MissingInput.Program, "python3", place) { IsThere = true }, new(MissingInput.File, "/opt/acme/a.json", place)];
        Assert.Empty(InputUndeclared.Check([.. all], allowed with { Entries = [new(AllowedKind.Program, "python3", "why"), new(AllowedKind.Path, "/opt/acme/**", "why")] }));
    }

    private static SnapshotFacts Snapshot() => new() { RepositoryRoot = Root, Commit = new string('a', 40), CommitTime = DateTimeOffset.UnixEpoch };

    private static RoomFailure Failure(MissingInput missing, string input) =>
        new(RoomPhase.Build, new RoomError("CS0103", "No such name.", new SourceLocation(Path.Combine(Root, "A.cs"), 4, 2), "App/App.csproj"), missing, input);
}
