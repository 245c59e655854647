using System.Text;
using System.Text.RegularExpressions;
using NJsonSchema;
using ReproGate.Facts;
using ReproGate.TestKit;

namespace ReproGate.Repository.Tests;

/// <summary>The schemas that editors use and the readers agree; so do the examples of the pages.</summary>
public sealed class FileSchemasTests
{
    private static readonly JsonSchema Allow = Schema("reprogate.allow.json");
    private static readonly JsonSchema Baseline = Schema("reprogate.baseline.json");

    [Theory]
    [InlineData("reprogate.allow")]
    [InlineData("reprogate.baseline")]
    [InlineData("reprogate.lock")]
    public void The_example_of_the_page_fits_its_schema(string name)
    {
        string page = File.ReadAllText(Path.Combine(TestEnvironment.SourceRoot, "docs", "file-formats", name + ".md"));
        string example = Regex.Match(page, "```jsonc?\n(.*?)```", RegexOptions.Singleline).Groups[1].Value.Replace("…88 characters…", new string('A', 86) + "==", StringComparison.Ordinal);

        Assert.Empty(Schema(name + ".json").Validate(example));
        Assert.NotEmpty(Schema(name + ".json").Validate("[]"));
    }

    [Fact]
    public void This_repository_s_own_lock_fits() =>
        Assert.Empty(Schema("reprogate.lock.json").Validate(File.ReadAllText(Path.Combine(TestEnvironment.SourceRoot, "reprogate.lock.json"))));

    [Theory]
    [InlineData("""{ "variable": "X", "reason": "y" }""", true)]
    [InlineData("""{ "path": "~/x/*", "reason": "y" }""", true)]
    [InlineData("""{ "package": "A.B", "version": "1.0.0", "until": "2026-12-01", "reason": "y" }""", true)]
    [InlineData("""{ "lookalike": "A.B", "reason": "y" }""", true)]
    [InlineData("""{ "variable": "X" }""", false)]
    [InlineData("""{ "variable": "X", "reason": " " }""", false)]
    [InlineData("""{ "variable": "*", "reason": "y" }""", false)]
    [InlineData("""{ "variable": "X", "path": "y", "reason": "z" }""", false)]
    [InlineData("""{ "variable": "X", "until": "2026-12-01", "reason": "z" }""", false)]
    [InlineData("""{ "package": "A.B", "reason": "y" }""", false)]
    [InlineData("""{ "package": "A.B", "until": "soon", "reason": "y" }""", false)]
    [InlineData("""{ "lookalike": "A.*", "reason": "y" }""", false)]
    [InlineData("""{ "reason": "y" }""", false)]
    public void Schema_and_reader_agree_on_what_is_allowed(string entry, bool isGood)
    {
        string text = $$"""{ "$schema": "./obj/reprogate/reprogate.allow.schema.json", "allow": [ {{entry}} ] }""";

        Assert.Equal(isGood, Allow.Validate(text).Count == 0);
        AllowListReader.Parse("/allow.json", Encoding.UTF8.GetBytes(text), out MalformedFile? malformed);
        Assert.Equal(isGood, malformed is null);
    }

    [Theory]
    [InlineData("\"o\"", "\"2027-01-31\"", true)]
    [InlineData("\"\"", "\"2027-01-31\"", false)]
    [InlineData("\"o\"", "\"in a year\"", false)]
    [InlineData("\"o\"", "5", false)]
    public void Schema_and_reader_agree_on_a_baseline(string owner, string expires, bool isGood)
    {
        string text = $$"""{ "findings": [ { "rule": "RGATE2003", "file": "a", "subject": "b", "fingerprint": "c", "check": "d", "owner": {{owner}}, "reason": "r", "expires": {{expires}} } ] }""";

        Assert.Equal(isGood, Baseline.Validate(text).Count == 0);
        BaselineFile.Parse("/baseline.json", Encoding.UTF8.GetBytes(text), out MalformedFile? malformed);
        Assert.Equal(isGood, malformed is null);
    }

    [Fact]
    public void They_are_written_for_the_files_that_are_there()
    {
        string root = Directory.CreateTempSubdirectory("reprogate-schemas-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(root, "reprogate.allow.json"), "{}");

            FileSchemas.Write(root);

            string written = Assert.Single(Directory.GetFiles(Path.Combine(root, FileSchemas.Folder)));
            Assert.Equal("reprogate.allow.schema.json", Path.GetFileName(written));
            Assert.Equal(FileSchemas.Read("reprogate.allow.json"), File.ReadAllBytes(written));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static JsonSchema Schema(string file) => JsonSchema.FromFileAsync(Path.Combine(TestEnvironment.SourceRoot, "docs", "file-formats", FileSchemas.NameFor(file))).GetAwaiter().GetResult();
}
