using System.Text;
using System.Text.RegularExpressions;
using NJsonSchema;
using ReproGate.Facts;
using ReproGate.Settings.Matrix;
using ReproGate.TestKit;

namespace ReproGate.Settings.Tests.Matrix;

/// <summary>The schema that editors use and the reader agree; so does the example of the page.</summary>
public sealed class MatrixSchemaTests
{
    private static readonly JsonSchema Schema = JsonSchema.FromJsonAsync(Encoding.UTF8.GetString(MatrixSchema.Read())).GetAwaiter().GetResult();

    [Fact]
    public void The_example_of_the_page_is_well_formed()
    {
        string page = File.ReadAllText(Path.Combine(TestEnvironment.SourceRoot, "docs", "file-formats", "reprogate.env.md"));
        string example = Regex.Match(page, "```jsonc\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;

        AssertAgree(example, isGood: true);
    }

    [Theory]
    [InlineData("\"int?\"", true)]
    [InlineData("\"secret url\"", true)]
    [InlineData("\"public build enum(A|B)\"", true)]
    [InlineData("\"secret\"", true)]
    [InlineData("{ \"type\": \"secret url?\", \"p\": \"external:vault\", \"apps\": [\"a\"] }", true)]
    [InlineData("{ \"p\": \"compose:c.yaml#x\" }", true)]
    [InlineData("{ \"p\": \"-\" }", true)]
    [InlineData("\"https://orders\"", false)]
    [InlineData("\"5\"", false)]
    [InlineData("5", false)]
    [InlineData("{ \"type\": \"integer\" }", false)]
    [InlineData("{ \"p\": \"hunter2\" }", false)]
    [InlineData("{ \"p\": \"external:\" }", false)]
    [InlineData("{ \"phase\": \"later\" }", false)]
    public void Schema_and_reader_agree_on_a_row(string row, bool isGood) =>
        AssertAgree($$"""{ "environments": { "p": "Production" }, "apps": { "a": "A.csproj" }, "keys": { "A:B": {{row}} } }""", isGood);

    [Theory]
    [InlineData("\"launchSettings\"", true)]
    [InlineData("[\"env:.env\", \"compose:compose.yaml,o.yaml#x\"]", true)]
    [InlineData("[\"k8s:deploy#Deployment/x\"]", true)]
    [InlineData("[\"compose:compose.yaml\"]", false)]
    [InlineData("[\"env\"]", false)]
    [InlineData("[\"vault\"]", false)]
    public void Schema_and_reader_agree_on_a_source(string sources, bool isGood) =>
        AssertAgree($$"""{ "environments": { "p": { "name": "P", "network": "k8s" } }, "apps": { "a": { "project": "A.csproj", "sources": { "p": {{sources}} } } }, "keys": {} }""", isGood);

    private static void AssertAgree(string text, bool isGood)
    {
        var errors = Schema.Validate(text);
        Assert.True(errors.Count == 0 == isGood, string.Join('\n', errors));
        MatrixReader.Parse("/m.json", Encoding.UTF8.GetBytes(text), out MalformedFile? malformed);
        Assert.True(malformed is null == isGood, malformed?.Problem);
    }
}
