using System.Collections.Immutable;
using System.Text;
using ReproGate.Facts;
using ReproGate.Facts.Configuration;
using ReproGate.Settings.Matrix;

namespace ReproGate.Settings.Tests.Matrix;

public sealed class MatrixWriterTests
{
    private static readonly SourceLocation Nowhere = new("");

    [Fact]
    public void An_empty_matrix_is_filled_sorted_and_marked_and_can_be_read()
    {
        string text = MatrixWriter.Add("/m.json", MatrixWriter.Empty("./s.json"), new MatrixAdditions
        {
            Environments = [new("dev", "Development", NetworkKind.Host, Nowhere), new("prod", "Production", NetworkKind.Compose, Nowhere)],
            Apps = [new("api", "src/Api/Api.csproj", Nowhere) { Sources = ImmutableDictionary<string, ImmutableArray<MatrixSource>>.Empty.Add("prod", [new("compose", ["compose.yaml", "compose.prod.yaml"], "api", Nowhere)]) }],
            Keys = [Row("Orders:Url", ConfigurationValueType.Url), Row("Cache:Size", ConfigurationValueType.Int)],
        });

        Assert.Equal("""
            // What each application needs in each environment, and where it comes from there. Never a value.
            // Lines marked "inferred" were written by a machine: look at each, then delete the mark.
            {
              "$schema": "./s.json",
              "environments": {
                "dev": "Development", // inferred
                "prod": { "name": "Production", "network": "compose" }, // inferred
              },
              "apps": {
                "api": {
                  "project": "src/Api/Api.csproj",
                  "sources": {
                    "prod": ["compose:compose.yaml,compose.prod.yaml#api"],
                  },
                }, // inferred
              },
              "keys": {
                "Cache:Size": "int", // inferred
                "Orders:Url": "url", // inferred
              },
            }

            """.ReplaceLineEndings("\n"), text);
        EnvironmentMatrix matrix = Parse(text);
        Assert.Equal(["Cache:Size", "Orders:Url"], matrix.Keys.Select(static key => key.Key));
        Assert.Equal("compose.yaml compose.prod.yaml", string.Join(' ', matrix.Apps[0].Sources["prod"][0].Files));
    }

    [Fact]
    public void Comments_stay_and_a_row_goes_where_it_sorts()
    {
        const string text = """
            { /* ours */ "environments": { "p": "P" }, "apps": { "a": "A.csproj" },
              "keys": {
                "B": "int", // the size
                // The next one
                // has two lines.
                "D": "url" // last
              } }
            """;

        string added = MatrixWriter.Add("/m.json", text, new MatrixAdditions { Keys = [Row("C", ConfigurationValueType.Bool), Row("A", ConfigurationValueType.Bool), Row("E:F", ConfigurationValueType.Bool)] });

        Assert.Equal("""
            { /* ours */ "environments": { "p": "P" }, "apps": { "a": "A.csproj" },
              "keys": {
                "A": "bool", // inferred
                "B": "int", // the size
                "C": "bool", // inferred
                // The next one
                // has two lines.
                "D": "url", // last
                "E:F": "bool", // inferred
              } }
            """, added);
        Assert.Equal(5, Parse(added).Keys.Length);
    }

    [Fact]
    public void A_row_of_a_person_is_never_touched_and_an_inferred_one_may_be_written_anew()
    {
        const string text = """
            { "environments": { "p": "P" }, "apps": {}, "keys": {
                "A": "int", // ours
                "B": "int", // inferred
              } }
            """;
        MatrixKey cell(string key) => Row(key, ConfigurationValueType.Url) with { Cells = ImmutableDictionary<string, MatrixCell>.Empty.Add("p", new MatrixCell(Presence.Required, "external:vault", Nowhere)) };

        string added = MatrixWriter.Add("/m.json", text, new MatrixAdditions { Keys = [cell("A"), cell("B")] });

        Assert.Contains("\"A\": \"int\", // ours", added, StringComparison.Ordinal);
        Assert.Contains("\"B\": { \"type\": \"url\", \"p\": \"external:vault\" }, // inferred", added, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "environments": { "p": "P" }, "apps": {}, "keys": {} }""")]
    [InlineData("""{ "environments": { "p": "P" }, "apps": {}, "keys": { "B": "int" } }""")]
    [InlineData("""{ "environments": { "p": "P" }, "apps": {}, "keys": { "B": "int", } }""")]
    [InlineData("{ \"environments\": { \"p\": \"P\" }, \"apps\": {}, \"keys\": {\r\n    \"B\": \"int\"\r\n  } }\r\n")]
    public void The_edit_of_a_finding_gives_a_matrix_with_the_row(string text)
    {
        foreach (string key in new[] { "A", "C" })
        {
            EnvironmentMatrix matrix = Parse(text);
            TextEdit edit = MatrixText.Insert(matrix, key, MatrixText.Row(Row(key, ConfigurationValueType.Url), matrix.Environments))!;
            string[] lines = text.Split('\n');
            int offset = lines.Take(edit.StartLine - 1).Sum(static line => line.Length + 1) + edit.StartColumn - 1;
            EnvironmentMatrix mended = Parse(text.Insert(offset, edit.NewText));
            Assert.Contains(mended.Keys, row => row.Key == key && row.Type == ConfigurationValueType.Url);
            Assert.Equal(matrix.Keys.Length + 1, mended.Keys.Length);
            Assert.Equal(mended.Keys.Select(static row => row.Key).Order(StringComparer.OrdinalIgnoreCase), mended.Keys.Select(static row => row.Key));
            Assert.Contains(Parse(MatrixWriter.Add("/m.json", text, new MatrixAdditions { Keys = [Row(key, ConfigurationValueType.Url)] })).Keys, row => row.Key == key);
        }
    }

    [Fact]
    public void Every_form_of_a_row_is_read_as_it_was_written()
    {
        ImmutableArray<MatrixEnvironment> environments = [new("p", "P", NetworkKind.Host, Nowhere), new("q", "Q", NetworkKind.Host, Nowhere)];
        MatrixKey full = Row("A:\"x\\:*", ConfigurationValueType.Enum) with
        {
            EnumMembers = ["One", "Two"],
            Secret = true,
            Public = true,
            BuildPhase = true,
            Apps = ["a", "b"],
            AnyOf = "g",
            Why = "because \"it\" — must",
            ReadBy = "N.T",
            Cells = ImmutableDictionary<string, MatrixCell>.Empty.Add("p", new MatrixCell(Presence.Forbidden, "any", Nowhere)).Add("q", new MatrixCell(Presence.Required, "compose:c.yaml#x", Nowhere)),
        };
        string text = $$"""{ "environments": { "p": "P", "q": "Q" }, "apps": { "a": "A.csproj", "b": "B.csproj" }, "keys": { {{MatrixText.Row(full, environments)}} } }""";

        MatrixKey read = Assert.Single(Parse(text).Keys);
        Assert.Equal((full.Key, full.Type, full.Secret, full.Public, full.BuildPhase, full.AnyOf, full.Why, full.ReadBy), (read.Key, read.Type, read.Secret, read.Public, read.BuildPhase, read.AnyOf, read.Why, read.ReadBy));
        Assert.Equal("One Two", string.Join(' ', read.EnumMembers));
        Assert.Equal("a b", string.Join(' ', read.Apps));
        Assert.Equal(("compose:c.yaml#x", Presence.Forbidden), (read.Cells["q"].Source, read.Cells["p"].Presence));
    }

    private static MatrixKey Row(string key, ConfigurationValueType type) => new(key, Nowhere) { Type = type };

    private static EnvironmentMatrix Parse(string text)
    {
        EnvironmentMatrix? matrix = MatrixReader.Parse("/m.json", Encoding.UTF8.GetBytes(text), out MalformedFile? malformed);
        Assert.True(malformed is null, $"{malformed?.Location}: {malformed?.Problem}\n{text}");
        return matrix!;
    }
}
