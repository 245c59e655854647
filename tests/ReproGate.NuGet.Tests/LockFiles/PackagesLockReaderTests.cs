using System.Text;
using ReproGate.Facts;
using ReproGate.NuGet.LockFiles;

namespace ReproGate.NuGet.Tests.LockFiles;

public sealed class PackagesLockReaderTests
{
    [Fact]
    public void Format_1_is_read_with_positions()
    {
        PackagesLock locked = Valid(LockTexts.Version1);

        Assert.Equal(1, locked.Version);
        Assert.Equal([".NETStandard,Version=v2.0", ".NETCoreApp,Version=v10.0;windows7.0", ".NETCoreApp,Version=v10.0;windows7.0"], locked.Targets.Select(static target => target.Framework));
        PackagesLockTarget windows = locked.Find(FrameworkNames.Canonical(".NETCoreApp,Version=v10.0", "Windows,Version=7.0"), "net10.0-windows")!;
        PackagesLockEntry json = windows.Find("acme.JSON")!;
        Assert.Equal((PackagesLockEntryType.Direct, "[1.0.*, )", "1.0.3", LockTexts.Hash), (json.Type, json.Requested, json.Resolved, json.ContentHash));
        Assert.Equal(new SourceLocation("/r/packages.lock.json", 13, 7), json.Location);
        Assert.Equal(("Acme.Core", "[1.0.0, )", 19), (json.Dependencies[0].Id, json.Dependencies[0].Range, json.Dependencies[0].Location.Line));
        Assert.Equal(PackagesLockEntryType.Project, windows.Find("Lib")!.Type);
        Assert.Equal("win-x64", locked.Targets[2].RuntimeIdentifier);
    }

    [Fact]
    public void Format_2_knows_central_transitive_packages()
    {
        PackagesLockEntry core = Valid(LockTexts.Version2).Targets[0].Find("Acme.Core")!;
        Assert.Equal((PackagesLockEntryType.CentralTransitive, "[1.1.0, )"), (core.Type, core.Requested));
    }

    [Fact]
    public void Format_3_tells_targets_apart_by_alias()
    {
        PackagesLock locked = Valid(LockTexts.Version3);
        Assert.NotEmpty(locked.Find(".NETCoreApp,Version=v10.0", "Apple")!.Entries);
        Assert.Empty(locked.Find(".NETCoreApp,Version=v10.0", "banana")!.Entries);
        Assert.NotNull(locked.Find(".NETCoreApp,Version=v10.0", "banana", "linux-x64"));
        Assert.Null(locked.Find(".NETCoreApp,Version=v10.0", "cherry"));
    }

    public static TheoryData<string, byte[]> Accepted => new()
    {
        { "UTF-8 byte order mark", [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(LockTexts.Version1)] },
        { "UTF-16 little endian", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(LockTexts.Version1)] },
        { "UTF-16 big endian", [0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes(LockTexts.Version1)] },
        { "CRLF", Encoding.UTF8.GetBytes(LockTexts.Version1.Replace("\n", "\r\n", StringComparison.Ordinal)) },
        { "comment and trailing comma", "{ // written by a tool\n\"version\": 1, \"dependencies\": { \"net10.0\": {}, }, }"u8.ToArray() },
        { "unknown properties", "{\"version\": 1, \"tool\": [1, {}], \"dependencies\": {}}"u8.ToArray() },
        { "properties in another order", "{\"dependencies\": {\"net10.0\": {}}, \"version\": 2}"u8.ToArray() },
    };

    [Theory]
    [MemberData(nameof(Accepted))]
    public void What_NuGet_accepts_is_accepted(string why, byte[] content)
    {
        PackagesLockReading reading = PackagesLockReader.Parse("/r/packages.lock.json", content);
        Assert.True(reading.Lock is not null && reading.Defects.IsEmpty, why + ": " + string.Join("; ", reading.Defects));
    }

    public static TheoryData<string, string, int, int> Malformed => new()
    {
        { "", "it is empty", 1, 1 },
        { " \n\t ", "it is empty", 1, 1 },
        { "\0\0\0\0", "it is empty", 1, 1 },
        { "{\n<<<<<<< HEAD\n  \"version\": 1,\n=======\n  \"version\": 2,\n>>>>>>> main\n}", "conflict markers", 2, 1 },
        { "{\n  \"version\": 1,\n  \"dependencies\": {\n    \"net10.0\": {", "ends in the middle", 4, 17 },
        { "{ \"version\": 1, \"depend", "ends in the middle", 1, 24 },
        { "[]", "not a JSON object", 1, 1 },
        { "{ \"version\": 1, \"dependencies\": {} } x", "not JSON here", 1, 38 },
        { "{ \"version\": 1 \"dependencies\": {} }", "not JSON here", 1, 16 },
        { "{ \"dependencies\": {} }", "no \"version\"", 1, 1 },
        { "{ \"version\": \"1\", \"dependencies\": {} }", "not a whole number", 1, 14 },
        { "{ \"version\": 1.5, \"dependencies\": {} }", "not a whole number", 1, 14 },
        { "{ \"version\": 4, \"dependencies\": {} }", "its format is 4, and formats 1 to 3 are known", 1, 14 },
        { "{ \"version\": 0, \"dependencies\": {} }", "its format is 0", 1, 14 },
        { "{ \"version\": 1 }", "no \"dependencies\"", 1, 1 },
        { "{ \"version\": 1, \"dependencies\": [] }", "\"dependencies\" is not a JSON object", 1, 33 },
        { "{ \"version\": 1, \"version\": 1, \"dependencies\": {} }", "\"version\" stands twice", 1, 17 },
        { "{ \"version\": 1, \"dependencies\": { \"net10.0\": null } }", "the target \"net10.0\" is not a JSON object", 1, 46 },
        { "{ \"version\": 1, \"dependencies\": { \"net10.0\": {},\n\"net10.0\": {} } }", "the target \"net10.0\" stands twice", 2, 1 },
        { "{ \"version\": 1, \"dependencies\": { \"nonsense\": {} } }", "\"nonsense\" is no target framework", 1, 35 },
        { Entry("\"A\": 1"), "A in \"net10.0\" is not a JSON object", 1, 52 },
        { Entry("\"A\": {}"), "A in \"net10.0\" has no type", 1, 47 },
        { Entry("\"A\": {\"type\": \"Odd\"}"), "unknown type \"Odd\"", 1, 47 },
        { Entry("\"A\": {\"type\": \"Project\"}, \"a\": {\"type\": \"Project\"}"), "a stands twice in \"net10.0\"", 1, 73 },
        { Entry("\"A\": {\"type\": \"Direct\", \"requested\": \"latest\"}"), "\"requested\" of A in \"net10.0\" is no version range: \"latest\"", 1, 71 },
        { Entry("\"A\": {\"type\": \"Direct\", \"resolved\": \"[1.0]\"}"), "\"resolved\" of A in \"net10.0\" is no version: \"[1.0]\"", 1, 71 },
        { Entry("\"A\": {\"type\": \"Direct\", \"contentHash\": \"abc\"}"), "no SHA-512 hash in base64", 1, 71 },
        { Entry("\"A\": {\"type\": \"Project\", \"dependencies\": {\"B\": 1}}"), "the dependency B of A in \"net10.0\" is not a string", 1, 94 },
        { Entry("\"A\": {\"type\": \"Project\", \"dependencies\": {\"B\": \"?\"}}"), "the dependency B of A in \"net10.0\" has no version range", 1, 89 },
        { Entry("\"A\": {\"type\": \"\\uD800\"}"), "half of a surrogate pair", 1, 61 },
        { "{ \"version\": 3, \"apple\": { \"dependencies\": {} } }", "\"apple\" names no framework", 1, 17 },
        { "{ \"version\": 3, \"dependencies\": { \"net10.0\": {} } }", "\"dependencies\" names no framework", 1, 17 },
        { new string('[', 100), "not a JSON object", 1, 1 },
        { "{ \"version\": 1, \"dependencies\": " + string.Concat(Enumerable.Repeat("{\"a\":", 100)), "nested deeper than 16 levels", 1, 0 },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void A_malformed_file_says_what_is_wrong_and_where(string content, string expected, int line, int column)
    {
        PackagesLockReading reading = PackagesLockReader.Parse("/r/packages.lock.json", Encoding.UTF8.GetBytes(content));

        PackagesLockDefect defect = Assert.Single(reading.Defects);
        Assert.Contains(expected, defect.Text, StringComparison.Ordinal);
        Assert.Equal(line, defect.Location.Line);
        if (column > 0)
        {
            Assert.Equal(column, defect.Location.Column);
        }
    }

    [Fact]
    public void Bytes_that_are_no_text_are_told_with_their_place()
    {
        PackagesLockDefect defect = Assert.Single(PackagesLockReader.Parse("/r/packages.lock.json", (byte[])[.. "{\n \"ä"u8, 0xFF, .. "\"}"u8]).Defects);
        Assert.Equal("it is not UTF-8 text", defect.Text);
        Assert.Equal((2, 4), (defect.Location.Line, defect.Location.Column));
    }

    [Fact]
    public void A_column_counts_characters_not_bytes()
    {
        PackagesLock locked = Valid("{ \"version\": 1, \"dependencies\": { \"net10.0\": { \"Ärger\": {\"type\": \"Project\"}, \"B\": {\"type\": \"Project\"} } } }");
        Assert.Equal(78, locked.Targets[0].Entries[1].Location.Column);
    }

    [Fact]
    public void A_resolved_version_outside_the_requested_range_is_marked()
    {
        Assert.False(Valid(Entry($"\"A\": {{\"type\": \"Direct\", \"requested\": \"[1.0.0, 2.0.0)\", \"resolved\": \"2.0.0\", \"contentHash\": \"{LockTexts.Hash}\"}}")).Targets[0].Entries[0].ResolvedIsInRequested);
    }

    [Fact]
    public void A_large_file_on_one_line_is_read_in_linear_time()
    {
        string entries = string.Join(',', Enumerable.Range(0, 100_000).Select(static index => $"\"P{index}\":{{\"type\":\"Project\"}}"));
        var clock = System.Diagnostics.Stopwatch.StartNew();
        PackagesLock locked = Valid(Entry(entries));
        Assert.Equal(100_000, locked.Targets[0].Entries.Length);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), $"{clock.Elapsed}");
    }

    private static string Entry(string entry) => "{ \"version\": 1, \"dependencies\": {\"net10.0\": {" + " " + entry + "}}}";

    private static PackagesLock Valid(string content)
    {
        PackagesLockReading reading = PackagesLockReader.Parse("/r/packages.lock.json", Encoding.UTF8.GetBytes(content));
        Assert.Empty(reading.Defects);
        return reading.Lock!;
    }
}
