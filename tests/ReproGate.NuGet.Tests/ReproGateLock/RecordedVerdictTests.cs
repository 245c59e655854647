using System.Text;
using ReproGate.Facts;
using ReproGate.NuGet.ReproGateLock;

namespace ReproGate.NuGet.Tests.ReproGateLock;

/// <summary>Section <c>packages</c> of reprogate.lock.json.</summary>
public sealed class RecordedVerdictTests
{
    private static readonly RecordedVerdict Full = new("Acme.Json", "1.0.0", "https://api.nuget.org/v3/index.json")
    {
        Published = new DateOnly(2026, 1, 31),
        Unlisted = true,
        Deprecated = "Legacy, Other",
        Alternative = "Acme.Text",
        BuildCode = true,
    };

    [Fact]
    public void What_is_written_is_read_and_other_sections_stay()
    {
        byte[] old = """{"version":1,"images":{"x/1":{"digest":"sha256:0"}},"packages":{"Gone/1.0.0":{}}}"""u8.ToArray();
        byte[] content = ReproGateLockWriter.Write([], old, [Full, new RecordedVerdict("acme.a", "2.0.0", "")]);

        Assert.Equal(
            """
            {
              "version": 1,
              "images": {
                "x/1": { "digest": "sha256:0" }
              },
              "packages": {
                "acme.a/2.0.0": {},
                "Acme.Json/1.0.0": { "published": "2026-01-31", "source": "https://api.nuget.org/v3/index.json", "deprecated": "Legacy, Other", "alternative": "Acme.Text", "unlisted": true, "buildCode": true }
              }
            }

            """.ReplaceLineEndings("\n"),
            Encoding.UTF8.GetString(content));
        Facts.ReproGateLock read = ReproGateLockReader.Parse("/x", content, out _)!;
        Assert.Equal(Full with { Line = 8 }, read.FindVerdict("ACME.json", "1.0.0"));
        Assert.Null(read.FindVerdict("Acme.Json", "1.0.1"));
        // Hashes that are written later keep the verdicts.
        Assert.Equal(content, ReproGateLockWriter.Write([], content));
    }

    [Theory]
    [InlineData("""{"version":1,"packages":[]}""", "an object of entries")]
    [InlineData("""{"version":1,"packages":{"A":{}}}""", "expected \"id/version\"")]
    [InlineData("""{"version":1,"packages":{"A/1":{},"a/1":{}}}""", "occurs twice")]
    [InlineData("""{"version":1,"packages":{"A/1":{"published":"yesterday"}}}""", "expected a day")]
    [InlineData("""{"version":1,"packages":{"A/1":{"published":3}}}""", "expected a string")]
    [InlineData("""{"version":1,"packages":{"A/1":{"unlisted":"yes"}}}""", "expected true or false")]
    [InlineData("""{"version":1,"packages":{"A/1":3}}""", "expected an object")]
    [InlineData("""{"version":1,"packages":{"A/1":{""", "")]
    public void Anything_else_is_told_with_its_place(string text, string problem)
    {
        Assert.Null(ReproGateLockReader.Parse("/x", Encoding.UTF8.GetBytes(text), out MalformedFile? malformed));
        Assert.Contains(problem, malformed!.Problem, StringComparison.Ordinal);
        Assert.True(malformed.Location.Line > 0);
    }
}
