using System.Collections.Immutable;
using System.Text;
using CsCheck;
using ReproGate.Facts;
using ReproGate.NuGet.ReproGateLock;

namespace ReproGate.NuGet.Tests.ReproGateLock;

public sealed class ReproGateLockTests : IDisposable
{
    private const string Path = "/repo/reprogate.lock.json";
    private static readonly string Hash = Convert.ToBase64String(new byte[64]);
    private readonly string _root = Directory.CreateTempSubdirectory("reprogate-lock-").FullName;

    [Fact]
    public void What_is_written_is_sorted_one_line_an_entry_and_read_back()
    {
        LockedDownload[] entries =
        [
            new(DownloadKind.Tool, "z.tool", "1.0.0", Hash, "https://api.nuget.org/v3/index.json"),
            new(DownloadKind.Sdk, "b.sdk", "2.0.0", Hash, ""),
            new(DownloadKind.Sdk, "A.Sdk", "1.0.0", Hash, ""),
        ];

        string text = Encoding.UTF8.GetString(ReproGateLockWriter.Write(entries));

        Assert.Equal(
            $$"""
            {
              "version": 1,
              "sdks": {
                "A.Sdk/1.0.0": { "contentHash": "{{Hash}}" },
                "b.sdk/2.0.0": { "contentHash": "{{Hash}}" }
              },
              "tools": {
                "z.tool/1.0.0": { "contentHash": "{{Hash}}", "source": "https://api.nuget.org/v3/index.json" }
              }
            }

            """.ReplaceLineEndings("\n"),
            text);
        Facts.ReproGateLock read = Parse(text)!;
        Assert.Equal([4, 5, 8], read.Entries.Select(static entry => entry.Line));
        Assert.Equal(text, Encoding.UTF8.GetString(ReproGateLockWriter.Write(read.Entries.Reverse())));
    }

    [Fact]
    public void Sections_of_other_gates_stay()
    {
        string old = """{ "verdicts": { "b/1": { "seen": [1, true] }, "a/1": {} }, "version": 1, "note": "ü" }""";

        string text = Encoding.UTF8.GetString(ReproGateLockWriter.Write([new(DownloadKind.Pack, "p", "1.0.0", Hash, "")], Encoding.UTF8.GetBytes(old)));

        Assert.Contains("\n  \"note\": \"ü\",\n", text, StringComparison.Ordinal);
        Assert.Contains("    \"a/1\": {},\n    \"b/1\": { \"seen\": [1, true] }\n", text, StringComparison.Ordinal);
        Assert.Equal(text, Encoding.UTF8.GetString(ReproGateLockWriter.Write(Parse(text)!.Entries, Encoding.UTF8.GetBytes(text))));
    }

    [Theory]
    [InlineData("", 1, 1, "not JSON")]
    [InlineData("[]", 1, 1, "expected an object")]
    [InlineData("{\n}", 1, 1, "no version")]
    [InlineData("{\n  \"version\": 2 }", 2, 14, "update ReproGate.Sdk")]
    [InlineData("{\n  \"version\": \"1\" }", 2, 14, "expected the number 1")]
    [InlineData("{ \"version\": 1,\n \"sdks\": [] }", 2, 10, "expected an object of entries")]
    [InlineData("{ \"version\": 1,\n \"sdks\": { \"x\": {} } }", 2, 12, "expected \"id/version\"")]
    [InlineData("{ \"version\": 1,\n \"sdks\": { \"x/1\": {} } }", 2, 19, "no \"contentHash\"")]
    [InlineData("{ \"version\": 1,\n \"sdks\": { \"x/1\": { \"contentHash\": \"abc\" } } }", 2, 36, "expected 88 characters")]
    [InlineData("{ \"version\": 1,\n \"sdks\": {}, \"sdks\": {} }", 2, 14, "occurs twice")]
    [InlineData("{ \"version\": 1 } x", 1, 18, "not JSON")]
    [InlineData("{ \"version\": 1,", 1, 15, "not JSON")]
    [InlineData("{\n<<<<<<< HEAD\n", 2, 1, "conflict markers")]
    [InlineData("{ \"version\": 1, \"sdks\": { \"\\ud800/1\": {} } }", 1, 27, "surrogate")]
    public void A_malformed_lock_is_told_with_place_and_what_was_expected(string text, int line, int column, string expected)
    {
        Assert.Null(ReproGateLockReader.Parse(Path, Encoding.UTF8.GetBytes(text), out MalformedFile? malformed));
        Assert.Equal(new SourceLocation(Path, line, column), malformed!.Location);
        Assert.Contains(expected, malformed.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Concurrent_writers_lose_nothing_and_tell_an_unchanged_file()
    {
        string file = System.IO.Path.Combine(_root, "reprogate.lock.json");
        LockedDownload[] entries = [.. Enumerable.Range(0, 40).Select(static index => new LockedDownload(DownloadKind.Pack, $"p{index}", "1.0.0", Hash, ""))];

        Parallel.ForEach(entries, new ParallelOptions { MaxDegreeOfParallelism = 8 }, entry => Assert.True(ReproGateLockWriter.Merge(file, [entry], static _ => true, _root, default).Changed));

        Assert.Equal(40, ReproGateLockReader.Read(file, out _)!.Entries.Length);
        Assert.False(ReproGateLockWriter.Merge(file, entries, static _ => true, _root, default).Changed);
        Assert.True(ReproGateLockWriter.Merge(file, [], static entry => entry.Id == "p7", _root, default).Changed);
        Assert.Equal("p7", Assert.Single(ReproGateLockReader.Read(file, out _)!.Entries).Id);
    }

    [Fact]
    public void A_hundred_thousand_damaged_locks_give_a_lock_or_a_place_with_words()
    {
        byte[] good = ReproGateLockWriter.Write([.. Enumerable.Range(0, 4).SelectMany(static index => new LockedDownload[]
        {
            new(DownloadKind.Sdk, $"Sdk.{index}", "1.0.0", Hash, "https://example.org/ü"),
            new(DownloadKind.Pack, $"Pack.{index}", "1.0.0-rc.1", Hash, ""),
        })]);
        Damage.Of(good).Sample(
            content =>
            {
                Facts.ReproGateLock? read = ReproGateLockReader.Parse(Path, content, out MalformedFile? malformed);
                return read is not null
                    ? malformed is null && read.Entries.All(static entry => entry.Id.Length > 0 && entry.Line > 0)
                    : malformed!.Problem.Length > 10 && malformed.Location.Line >= 0 && malformed.Location.Column >= 0;
            },
            iter: 100_000);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static Facts.ReproGateLock? Parse(string text) => ReproGateLockReader.Parse(Path, Encoding.UTF8.GetBytes(text), out _);
}
