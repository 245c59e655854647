using System.Text;
using ReproGate.Facts;
using ReproGate.Facts.Configuration;
using ReproGate.Settings.Matrix;

namespace ReproGate.Settings.Tests.Matrix;

public sealed class MatrixReaderTests
{
    private const string File = "/repo/reprogate.env.json";

    private const string Whole = """
        // The shop.
        {
          "$schema": "./obj/reprogate/reprogate.env.schema.json",
          "environments": {
            "dev": "Development",
            "test": { "name": "Staging", "network": "compose" },
            "prod": { "name": "Production", "network": "k8s" },
          },
          "apps": {
            "api": {
              "project": "src\\Api\\Api.csproj",
              "sources": {
                "dev": "launchSettings",
                "test": ["env:.env", "compose:compose.yaml,compose.test.yaml#api"],
                "prod": ["k8s:deploy/prod/#Deployment/api"],
              },
            },
            "worker": "src/Worker/Worker.csproj",
          },
          "keys": {
            "ConnectionStrings:Shop": { "type": "secret connection-string", "prod": "external:vault", "dev": "userSecrets" },
            "Mode": "enum(Fast|Safe)", // inferred
            "Orders:Retries": "int?",
            "Orders:Url": { "type": "url", "apps": ["api"], "test": "compose", "dev": "-", "why": "the order service", "anyOf": "orders" },
            "Tenants:*:Url": { "type": "url", "readBy": "Shop.Tenants" },
            "Version": "public build string",
          }
        }
        """;

    [Theory]
    [InlineData("    \"Mode\": \"string\",\n", 1)]
    [InlineData("\t\"Mode\": \"string\"\r\n", 1)]
    [InlineData("    \"Mode\": \"string\" , // inferred\n", 1)]
    [InlineData("    \"Mode\": {\n      \"type\": \"string\"\n    },\n", 3)]
    // A person's words, or another row, would go with it.
    [InlineData("    \"Mode\": \"string\", // of the order service\n", 0)]
    [InlineData("    /* old */ \"Mode\": \"string\",\n", 0)]
    [InlineData("    \"Mode\": \"string\", \"Other\": \"string\",\n", 0)]
    [InlineData("    \"Mode\": \"string\" }", 0)]
    public void A_row_knows_the_lines_that_are_its_own(string row, int lines)
    {
        EnvironmentMatrix matrix = Read($"{{\n  \"environments\": {{ \"dev\": \"Development\" }},\n  \"apps\": {{ \"a\": \"A.csproj\" }},\n  \"keys\": {{\n{row}{(row.EndsWith('}') ? "" : "  }")}\n}}\n");

        Assert.Equal(lines == 0 ? 0 : 4 + lines, matrix.Keys[0].LastOwnLine);
    }

    [Fact]
    public void A_whole_matrix_is_read_with_places()
    {
        EnvironmentMatrix matrix = Read(Whole);

        Assert.Equal([("dev", "Development", NetworkKind.Host), ("test", "Staging", NetworkKind.Compose), ("prod", "Production", NetworkKind.Kubernetes)], matrix.Environments.Select(static environment => (environment.Name, environment.DotNetName, environment.Network)));
        Assert.Equal(new SourceLocation(File, 6, 5), matrix.Environments[1].Location);
        MatrixApp api = matrix.Apps[0];
        Assert.Equal("src/Api/Api.csproj", api.Project);
        MatrixSource compose = api.Sources["test"][1];
        Assert.Equal(("compose", "api", 14), (compose.Kind, compose.Target, compose.Location.Line));
        Assert.Equal("compose.yaml compose.test.yaml", string.Join(' ', compose.Files));
        Assert.Equal("Deployment/api", api.Sources["prod"][0].Target);
        Assert.Empty(matrix.Apps[1].Sources);

        MatrixKey shop = matrix.Keys[0];
        Assert.True(shop.Secret);
        Assert.Equal(ConfigurationValueType.ConnectionString, shop.Type);
        Assert.Equal((Presence.Required, "external:vault"), (shop.Cells["prod"].Presence, shop.Cells["prod"].Source));
        Assert.Equal(new SourceLocation(File, 21, 77), shop.Cells["prod"].Location);
        Assert.False(shop.Cells.ContainsKey("test"));
        Assert.True(matrix.Keys[1].Inferred);
        Assert.Equal("Fast Safe", string.Join(' ', matrix.Keys[1].EnumMembers));
        Assert.All(["dev", "test", "prod"], name => Assert.Equal(Presence.Optional, matrix.Keys[2].Cells[name].Presence));
        Assert.Equal((Presence.Forbidden, "orders", "the order service", "api"), (matrix.Keys[3].Cells["dev"].Presence, matrix.Keys[3].AnyOf, matrix.Keys[3].Why, Assert.Single(matrix.Keys[3].Apps)));
        Assert.Equal("Shop.Tenants", matrix.Keys[4].ReadBy);
        Assert.True(matrix.Keys[5] is { BuildPhase: true, Public: true, Inferred: false });
        Assert.Equal(new SourceLocation(File, 26, 38), matrix.End!.Location);
        Assert.False(matrix.End.NeedsComma);
    }

    [Fact]
    public void A_byte_order_mark_and_line_ends_of_Windows_are_fine()
    {
        EnvironmentMatrix matrix = Read("\uFEFF" + Whole.ReplaceLineEndings("\r\n"));

        Assert.Equal(22, matrix.Keys[1].Location.Line);
        Assert.True(matrix.Keys[1].Inferred);
    }

    [Theory]
    [InlineData("""{ "environments": {}, "apps": {} }""", 1, 1, "expected \"keys\"")]
    [InlineData("""[]""", 1, 1, "expected an object")]
    [InlineData("""{ "environments": { "prod": 1 }, "apps": {}, "keys": {} }""", 1, 29, ".NET name")]
    [InlineData("""{ "environments": { "type": "X" }, "apps": {}, "keys": {} }""", 1, 21, "environment's name")]
    [InlineData("""{ "environments": { "p": { "name": "P", "network": "moon" } }, "apps": {}, "keys": {} }""", 1, 52, "\"host\", \"compose\" or \"k8s\"")]
    [InlineData("""{ "environments": {}, "apps": { "a": "../A.csproj" }, "keys": {} }""", 1, 33, "inside the repository")]
    [InlineData("""{ "environments": {}, "apps": { "a": { "project": "A.csproj", "sources": { "prod": [] } } }, "keys": {} }""", 1, 76, "one of the environments")]
    [InlineData("""{ "environments": { "p": "P" }, "apps": { "a": { "project": "A.csproj", "sources": { "p": ["compose:c.yaml"] } } }, "keys": {} }""", 1, 92, "what in it is meant")]
    [InlineData("""{ "environments": { "p": "P" }, "apps": { "a": { "project": "A.csproj", "sources": { "p": ["env:/etc/x"] } } }, "keys": {} }""", 1, 92, "inside the repository")]
    [InlineData("""{ "keys": {} }""", 1, 3, "before \"keys\"")]
    [InlineData("""{ "environments": { "p": "P" }, "apps": {}, "keys": { "A": "int", "a": "int" } }""", 1, 67, "twice")]
    [InlineData("""{ "environments": { "p": "P" }, "apps": {}, "keys": { "A::B": "int" } }""", 1, 55, "none of them empty")]
    [InlineData("""{ "environments": { "p": "P" }, "apps": {}, "keys": { "A:**:B": "int" } }""", 1, 55, "only at the end")]
    [InlineData("""{ "environments": { "p": "P" }, "apps": {}, "keys": { "Orders__Url": "url" } }""", 1, 55, "'Orders:Url'")]
    [InlineData("""{ "environments": { "p": "P" }, "apps": {}, "keys": { "A": { "typ": "int" } } }""", 1, 62, "an environment's name")]
    [InlineData("""{ "environments": { "p": "P" }, "apps": {}, "keys": { "A": { "apps": "x" } } }""", 1, 70, "one of the apps")]
    [InlineData("{ \"environments\": {},\n  \"apps\": {}\n  \"keys\": {} }", 3, 3, "no JSON")]
    public void What_is_malformed_is_told_with_line_column_and_what_was_expected(string text, int line, int column, string expected)
    {
        Assert.Null(MatrixReader.Parse(File, Encoding.UTF8.GetBytes(text), out MalformedFile? malformed));
        Assert.NotNull(malformed);
        Assert.Contains(expected, malformed.Problem, StringComparison.Ordinal);
        Assert.Equal((line, column), (malformed.Location.Line, malformed.Location.Column));
    }

    [Theory]
    [InlineData("\"hunter2\"")]
    [InlineData("42")]
    [InlineData("true")]
    [InlineData("[\"hunter2\"]")]
    [InlineData("{ \"type\": \"hunter2\" }")]
    [InlineData("{ \"type\": \"string\", \"p\": \"hunter2\" }")]
    [InlineData("{ \"type\": \"string\", \"p\": \"Server=db;Password=hunter2\" }")]
    [InlineData("{ \"type\": \"string\", \"p\": \"https://user:hunter2@db\" }")]
    [InlineData("{ \"secret\": \"hunter2\" }")]
    public void A_value_is_refused_and_never_repeated(string row)
    {
        Assert.Null(MatrixReader.Parse(File, Encoding.UTF8.GetBytes($$"""{ "environments": { "p": "P" }, "apps": {}, "keys": { "A": {{row}} } }"""), out MalformedFile? malformed));
        Assert.DoesNotContain("hunter2", malformed!.Problem, StringComparison.Ordinal);
        Assert.Equal(1, malformed.Location.Line);
    }

    [Fact]
    public void Deep_large_and_broken_content_is_refused_in_bounded_time()
    {
        Assert.Null(MatrixReader.Parse(File, Encoding.UTF8.GetBytes(new string('[', 100_000)), out MalformedFile? deep));
        Assert.NotNull(deep);
        Assert.Null(MatrixReader.Parse(File, [0x7B, 0xFF, 0xFE], out MalformedFile? bytes));
        Assert.Contains("UTF-8", bytes!.Problem, StringComparison.Ordinal);

        string rows = string.Concat(Enumerable.Range(0, 20_000).Select(static i => $"\n\"K{i}:A\": \"int\","));
        Assert.Equal(20_000, Read($$"""{ "environments": { "p": "P" }, "apps": {}, "keys": { {{rows}} } }""").Keys.Length);
    }

    [Fact]
    public void Any_damage_is_an_answer_and_no_exception()
    {
        byte[] good = Encoding.UTF8.GetBytes(Whole);
        var random = new Random(20261125);
        int refused = 0;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] damaged = [.. good];
            for (int j = random.Next(1, 4); j > 0; j--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            if (MatrixReader.Parse(File, damaged.AsSpan(0, random.Next(3) == 0 ? random.Next(damaged.Length) : damaged.Length), out MalformedFile? malformed) is null)
            {
                Assert.False(string.IsNullOrWhiteSpace(malformed!.Problem));
                refused++;
            }
            else
            {
                Assert.Null(malformed);
            }
        }

        Assert.InRange(refused, 5_000, 19_999);
    }

    private static EnvironmentMatrix Read(string text)
    {
        EnvironmentMatrix? matrix = MatrixReader.Parse(File, Encoding.UTF8.GetBytes(text), out MalformedFile? malformed);
        Assert.True(malformed is null, $"{malformed?.Location}: {malformed?.Problem}");
        return matrix!;
    }
}
