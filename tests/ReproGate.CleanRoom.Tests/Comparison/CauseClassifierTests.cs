using System.Collections.Immutable;
using ReproGate.CleanRoom.Comparison;
using ReproGate.Facts.CleanRoom;

namespace ReproGate.CleanRoom.Tests.Comparison;

public sealed class CauseClassifierTests
{
    private static readonly BuildMachine Left = new()
    {
        SourcePath = "/room/src",
        Home = "/room/home",
        User = "builder",
        HostName = "room-one",
        TimeZone = "UTC",
        Locale = "C.UTF-8",
        Temporary = "/tmp",
        Packages = "/packages",
        Processors = 8,
        Variables = [KeyValuePair.Create("BUILD_TAG", "tag-12")],
    };

    private static readonly BuildMachine Right = new()
    {
        SourcePath = "/room/other/src",
        Home = "/room/people/zoe",
        User = "zoe",
        HostName = "another-host-2",
        TimeZone = "Asia/Kathmandu",
        Locale = "tr_TR.UTF-8",
        Temporary = "/room/scratch",
        Packages = "/opt/more/packages",
        Processors = 1,
        Variables = [KeyValuePair.Create("BUILD_TAG", "another-tag-77")],
    };

    [Theory]
    [InlineData(PartKinds.Constant, "\"2024-05-01T10:00:00.1234567Z\"", "\"2024-05-01T10:00:07.7654321Z\"", CauseClass.Timestamp)]
    [InlineData(PartKinds.Attribute, "638501234567890123", "638501234597890123", CauseClass.Timestamp)]
    [InlineData(PartKinds.Text, "built 1714557600", "built 1714557612", CauseClass.Timestamp)]
    [InlineData(PartKinds.Text, "Wed May  1 10:00:00 UTC 2024", "Wed May  1 10:00:09 UTC 2024", CauseClass.Timestamp)]
    [InlineData(PartKinds.Attribute, "20240501101502", "20240501101509", CauseClass.Timestamp)]
    [InlineData(PartKinds.JsonValue, "10:15:02", "10:15:09", CauseClass.Timestamp)]
    [InlineData(PartKinds.AssemblyIdentity, "Shop, Version=1.0.8887.12345, Culture=", "Shop, Version=1.0.8887.12399, Culture=", CauseClass.Timestamp)]
    [InlineData(PartKinds.Text, "2024-05-01T10:00:00", "2024-05-01T15:45:00", CauseClass.TimeZone)]
    [InlineData(PartKinds.Text, "zone UTC+0", "zone Asia/Kathmandu", CauseClass.Unknown)]
    [InlineData(PartKinds.Constant, "\"/room/src/obj/a.cs\"", "\"/room/other/src/obj/a.cs\"", CauseClass.AbsolutePath)]
    [InlineData(PartKinds.JsonValue, "/packages/", "/opt/more/packages/", CauseClass.AbsolutePath)]
    // Razor's id of a tag helper: another place in the generated code is the path's, another checksum is another source's.
    [InlineData(PartKinds.Constant, "\"422d7ed50e8f5add9e238a800fa1c28e8c32b42c88c5172b96f337d8f504dc5a2980\"", "\"422d7ed50e8f5add9e238a800fa1c28e8c32b42c88c5172b96f337d8f504dc5a3082\"", CauseClass.AbsolutePath)]
    [InlineData(PartKinds.Constant, "\"422d7ed50e8f5add9e238a800fa1c28e8c32b42c88c5172b96f337d8f504dc5a2980\"", "\"f22d7ed50e8f5add9e238a800fa1c28e8c32b42c88c5172b96f337d8f504dc5a3082\"", CauseClass.Unknown)]
    [InlineData(PartKinds.JsonValue, "/room/home/.nuget", "/room/people/zoe/.nuget", CauseClass.HomeFolder)]
    [InlineData(PartKinds.Text, "by builder", "by zoe and", CauseClass.Unknown)]
    [InlineData(PartKinds.Attribute, "room-one", "another-host-2", CauseClass.HostName)]
    [InlineData(PartKinds.Attribute, "tag-12", "another-tag-77", CauseClass.EnvironmentVariable)]
    [InlineData(PartKinds.Attribute, "3F2504E0-4F89-11D3-9A0C-0305E82C3301", "6F9619FF-8B86-D011-B42D-00C04FC964FF", CauseClass.Random)]
    [InlineData(PartKinds.Member, "c3fcd3d76192e4007dfb496cca67e13b", "f96b697d7cb7938d525a2f31aaf161d0", CauseClass.Random)]
    [InlineData(PartKinds.Attribute, "1.0.0+2aae6c35c94fcfb415dbe95f408b9ce91ee846ed", "1.0.0", CauseClass.GitMetadata)]
    [InlineData(PartKinds.Attribute, "1.0.0+2aae6c35c94fcfb415dbe95f408b9ce91ee846ed", "1.0.0+b858cb282617fb0956d960215c8e84d1ccf909c6", CauseClass.GitMetadata)]
    [InlineData(PartKinds.Constant, "1,234.5", "1.234,5", CauseClass.Culture)]
    [InlineData(PartKinds.Constant, "TITLE", "TİTLE", CauseClass.Culture)]
    [InlineData(PartKinds.Text, "8", "1", CauseClass.ProcessorCount)]
    [InlineData(PartKinds.Text, "tr", "fr", CauseClass.Unknown)]
    [InlineData(PartKinds.Order, "a, b", "b, a", CauseClass.Order)]
    [InlineData(PartKinds.Compression, "the same content in 5 bytes", "the same content in 6 bytes", CauseClass.Compression)]
    [InlineData(PartKinds.DebugPath, "/room/src/obj/a.pdb", "/room/other/src/obj/a.pdb", CauseClass.DebugPath)]
    [InlineData(PartKinds.Document, "/room/src/a.cs", "/room/other/src/a.cs", CauseClass.DebugPath)]
    [InlineData(PartKinds.LastModified, "Mon, 01 Jan 2024 00:00:00 GMT", "Tue, 02 Jan 2024 00:00:00 GMT", CauseClass.FileTime)]
    [InlineData(PartKinds.EntryTime, "2024-05-01T00:00:00", "2024-05-01T01:00:00", CauseClass.FileTime)]
    [InlineData(PartKinds.EntryMode, "644", "640", CauseClass.FileMode)]
    [InlineData(PartKinds.EntryOwner, "builder:builder 4711:4711", "zoe:zoe 4242:4242", CauseClass.UserName)]
    [InlineData(PartKinds.SourceLink, "{\"documents\":{}}", "", CauseClass.GitMetadata)]
    [InlineData(PartKinds.LineEnds, "line feed", "carriage return and line feed", CauseClass.LineEnds)]
    [InlineData(PartKinds.PdbId, "1", "2", CauseClass.Follows)]
    [InlineData(PartKinds.MethodBody, "ldc.i4.1", "ldc.i4.2", CauseClass.Unknown)]
    public void A_difference_is_classified_by_kind_and_value(string kind, string left, string right, CauseClass expected)
    {
        (CauseClass found, string evidence) = CauseClassifier.Classify(new DifferencePart("x", kind, left, right), Left, Right, [], isFlaky: false);

        Assert.Equal(expected, found);
        Assert.Equal(expected == CauseClass.Unknown, evidence.Length == 0);
    }

    [Theory]
    [InlineData("path", CauseClass.AbsolutePath)]
    [InlineData("user", CauseClass.UserName)]
    [InlineData("host name", CauseClass.HostName)]
    [InlineData("locale", CauseClass.Culture)]
    [InlineData("time zone", CauseClass.TimeZone)]
    [InlineData("umask", CauseClass.FileMode)]
    [InlineData("file order", CauseClass.Order)]
    [InlineData("file times", CauseClass.FileTime)]
    [InlineData("variables", CauseClass.EnvironmentVariable)]
    [InlineData("git configuration", CauseClass.GitMetadata)]
    [InlineData("processors", CauseClass.ProcessorCount)]
    public void Where_the_values_say_nothing_the_one_variation_does(string variation, CauseClass expected)
    {
        var part = new DifferencePart("x", PartKinds.MethodBody, "ldc.i4 171", "ldc.i4 993");

        Assert.Equal(expected, CauseClassifier.Classify(part, Left, Right, [variation], isFlaky: false).Class);
        Assert.Equal(CauseClass.Unknown, CauseClassifier.Classify(part, Left, Right, [variation, "home"], isFlaky: false).Class);
        Assert.Equal(CauseClass.Random, CauseClassifier.Classify(part, Left, Right, [], isFlaky: true).Class);
    }

    [Fact]
    public void Order_that_nothing_explains_is_a_race()
    {
        var part = new DifferencePart("x", PartKinds.Order, "a", "b");

        Assert.Equal(CauseClass.Race, CauseClassifier.Classify(part, Left, Right, [], isFlaky: true).Class);
        Assert.Equal(CauseClass.Race, CauseClassifier.Classify(part, Left, Right, ["processors"], isFlaky: false).Class);
        Assert.Equal(CauseClass.Culture, CauseClassifier.Classify(part, Left, Right, ["locale"], isFlaky: false).Class);
        Assert.Equal(CauseClass.Order, CauseClassifier.Classify(part, Left, Right, ["file order"], isFlaky: false).Class);
    }

    [Fact]
    public void A_variable_that_only_one_machine_has_is_told_by_its_value()
    {
        BuildMachine without = Left with { Variables = [] };
        CauseClass Of(string left, string right) => CauseClassifier.Classify(new DifferencePart("x", PartKinds.Text, left, right), without, Right, [], isFlaky: false).Class;

        Assert.Equal(CauseClass.EnvironmentVariable, Of("", "another-tag-77"));
        Assert.Equal(CauseClass.EnvironmentVariable, Of("tag: none", "tag: another-tag-77"));
        Assert.Equal(CauseClass.Unknown, Of("another-tag-77, one", "another-tag-77, two"));
        Assert.Equal(CauseClass.Unknown, Of("", "a tag"));
    }

    [Fact]
    public void A_path_is_known_as_the_compiler_escapes_it() =>
        Assert.Equal("{build path}/=/_/", (Left with { SourcePath = "/room/a, b/src" }).Neutral("/room/a,, b/src/=/_/"));

    [Theory]
    [InlineData("$([System.DateTime]::UtcNow.Ticks)", CauseClass.Timestamp)]
    [InlineData("date +%s > out.txt", CauseClass.Timestamp)]
    [InlineData("$([System.Guid]::NewGuid())", CauseClass.Random)]
    [InlineData("cat /proc/sys/kernel/random/uuid > a", CauseClass.Random)]
    [InlineData("echo $RANDOM", CauseClass.Random)]
    [InlineData("$([System.Environment]::MachineName)", CauseClass.HostName)]
    [InlineData("hostname > a", CauseClass.HostName)]
    [InlineData("$(USER)", CauseClass.UserName)]
    [InlineData("whoami > a", CauseClass.UserName)]
    [InlineData("$(HOME)/x", CauseClass.HomeFolder)]
    [InlineData("$(MSBuildProjectDirectory)", CauseClass.AbsolutePath)]
    [InlineData("pwd > a", CauseClass.AbsolutePath)]
    [InlineData("$([System.Environment]::ProcessorCount)", CauseClass.ProcessorCount)]
    [InlineData("git describe --always", CauseClass.GitMetadata)]
    [InlineData("%(Compile.ModifiedTime)", CauseClass.FileTime)]
    [InlineData("date -d @1000000000 +%H > a", CauseClass.TimeZone)]
    [InlineData("date --date='@1000000000'", CauseClass.TimeZone)]
    [InlineData("$(Version)", null)]
    [InlineData("echo update candidate", null)]
    [InlineData("$(UserSettings)", null)]
    public void A_source_betrays_its_class(string expression, CauseClass? expected) => Assert.Equal(expected, CauseClassifier.ByExpression(expression)?.Class);

    [Fact]
    public void A_place_in_Razor_s_code_is_not_mended_by_a_map_of_paths()
    {
        var part = new DifferencePart("Web.dll", PartKinds.Constant, "\"422d7ed50e8f5add9e238a800fa1c28e8c32b42c88c5172b96f337d8f504dc5a2980\"", "\"422d7ed50e8f5add9e238a800fa1c28e8c32b42c88c5172b96f337d8f504dc5a3082\"");

        foreach (DifferencePart razor in (DifferencePart[])[part, new("Web.pdb", PartKinds.Text, "\ufeff#pragma checksum \"/room/src/A.cshtml\" \"{}\" \"\"", "\ufeff#pragma checksum \"/room/other/src/A.cshtml\" \"{}\" \"\"")])
        {
            Assert.Equal(CauseClass.AbsolutePath, CauseClassifier.Classify(razor, Left, Right, [], isFlaky: false).Class);
            string mend = CauseMend.Of(CauseClass.AbsolutePath, razor, "A_cshtml.g.cs, which a source generator makes,", "Csc");
            Assert.Contains("in the same folder everywhere", mend, StringComparison.Ordinal);
            Assert.DoesNotContain("PathMap", mend, StringComparison.Ordinal);
        }

        // Where the paths are as long, the length is not it.
        Assert.Equal(CauseClass.Unknown, CauseClassifier.Classify(part, Left, Left, [], isFlaky: false).Class);
    }

    /// <summary>The compiler takes a comma for the next map, and the rebuild's own folder has one: the advice must hold in its own room.</summary>
    [Theory]
    [InlineData(CauseClass.DebugPath)]
    [InlineData(CauseClass.AbsolutePath)]
    public void A_map_of_paths_is_proposed_so_that_a_comma_in_the_path_is_taken_for_one(CauseClass cause) =>
        Assert.Contains("$(MSBuildThisFileDirectory.Replace(',', ',,').Replace('=', '=='))=/_/", CauseMend.Of(cause, new DifferencePart("a.pdb", PartKinds.Document, "/a/b.cs", "/c/b.cs"), "", "Csc"), StringComparison.Ordinal);
}
