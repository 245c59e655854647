using System.Text;
using CsCheck;
using ReproGate.Facts;

namespace ReproGate.Repository.Tests;

public sealed class BaselineFileTests
{
    private const string Good = """{ "rule": "RGATE2003", "file": "a.csproj", "subject": "Acme", "fingerprint": "ab", "check": "c", "owner": "team", "reason": "why", "expires": "2027-01-31" }""";

    [Fact]
    public void What_is_written_is_read_whatever_the_texts() => Gen.String.Where(static text => text.Trim().Length > 0 && IsWhole(text)).Select(static text => text.Trim()).Array[1, 8].Sample(texts =>
    {
        string Text(int i) => texts[i % texts.Length];
        BaselineEntry[] entries = [.. Enumerable.Range(0, 5).Select(i => new BaselineEntry(Text(i), Text(i + 1), Text(i + 2), $"{i}", Text(i + 3), Text(i + 4), Text(i + 5), new DateOnly(2027, 1, 1 + i), new SourceLocation("")))];

        Baseline read = BaselineFile.Parse("/r/b.json", Encoding.UTF8.GetBytes(BaselineFile.Write(entries)), out MalformedFile? malformed);

        Assert.Null(malformed);
        Assert.Equal(
            entries.OrderBy(static entry => entry.Fingerprint, StringComparer.Ordinal),
            read.Entries.Select(static entry => entry with { Location = new SourceLocation("") }).OrderBy(static entry => entry.Fingerprint, StringComparer.Ordinal));
    });

    [Fact]
    public void An_entry_knows_its_line_and_an_absent_file_accepts_nothing()
    {
        Baseline read = BaselineFile.Parse("/r/b.json", Encoding.UTF8.GetBytes($"{{\n  \"findings\": [\n    {Good},\n  ] // end\n}}\n"), out MalformedFile? malformed);

        Assert.Null(malformed);
        Assert.Equal(new SourceLocation("/r/b.json", 3, 5), Assert.Single(read.Entries).Location);
        Assert.Empty(BaselineFile.Read("/nowhere/b.json", out malformed).Entries);
        Assert.Null(malformed);
    }

    [Theory]
    [InlineData("", "no JSON")]
    [InlineData("[]", "expected an object")]
    [InlineData("{}", "expected \"findings\"")]
    [InlineData("""{"findings":{}}""", "expected a list")]
    [InlineData("""{"findings":[],"findings":[]}""", "once")]
    [InlineData("""{"findings":[7]}""", "in braces")]
    [InlineData("""{"findings":[{"rule":"x"}]}""", "has no \"file\"")]
    [InlineData("""{"findings":[{"rule":7}]}""", "as a text")]
    [InlineData("""{"findings":[{"other":"x"}]}""", "expected each of")]
    [InlineData("""{"findings":[]} x""", "no JSON")]
    [InlineData("<<<<<<< HEAD\n{}", "no JSON")]
    public void What_is_malformed_says_what_was_expected(string text, string problem)
    {
        Baseline read = BaselineFile.Parse("/r/b.json", Encoding.UTF8.GetBytes(text), out MalformedFile? malformed);

        Assert.Empty(read.Entries);
        Assert.Contains(problem, malformed!.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"team\"", "\" \"", "\"owner\" of the entry is empty")]
    [InlineData("\"why\"", "\"\"", "\"reason\" of the entry is empty")]
    [InlineData("2027-01-31", "soon", "YYYY-MM-DD")]
    public void An_entry_without_owner_reason_or_day_accepts_nothing(string old, string with, string problem)
    {
        BaselineFile.Parse("/r/b.json", Encoding.UTF8.GetBytes($"{{\"findings\":[{Good.Replace(old, with, StringComparison.Ordinal)}]}}"), out MalformedFile? malformed);

        Assert.Contains(problem, malformed!.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void No_bytes_make_it_throw() => Gen.Select(Gen.Int[0, Good.Length + 20], Gen.Byte).Array[1, 4].Sample(static edits =>
    {
        byte[] bytes = Encoding.UTF8.GetBytes($"{{\"findings\":[{Good}]}}    ");
        foreach ((int at, byte value) in edits)
        {
            bytes[Math.Min(at, bytes.Length - 1)] = value;
        }

        Baseline read = BaselineFile.Parse("/r/b.json", bytes, out MalformedFile? malformed);
        Assert.True(malformed is null || read.Entries.IsEmpty);
    }, iter: 20_000);

    private static bool IsWhole(string text) => !text.EnumerateRunes().Any(static rune => rune.Value == 0xFFFD);
}
