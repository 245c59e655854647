using NJsonSchema;
using NJsonSchema.Validation;

namespace ReproGate.Tests;

/// <summary>
/// Checks a SARIF file against the part of the standard's schema that ReproGate uses, and strictly: an unknown property fails.
/// REPROGATE_SARIF_SCHEMA may name a copy of the whole OASIS schema (sarif-schema-2.1.0.json), which is then asked as well.
/// </summary>
internal static class SarifSchema
{
    private static readonly Lazy<IReadOnlyList<JsonSchema>> Schemas = new(static () =>
    {
        using Stream own = typeof(SarifSchema).Assembly.GetManifestResourceStream("sarif.schema.json")!;
        using var reader = new StreamReader(own);
        var schemas = new List<JsonSchema> { JsonSchema.FromJsonAsync(reader.ReadToEnd()).GetAwaiter().GetResult() };
        if (Environment.GetEnvironmentVariable("REPROGATE_SARIF_SCHEMA") is { Length: > 0 } whole)
        {
            schemas.Add(JsonSchema.FromJsonAsync(File.ReadAllText(whole)).GetAwaiter().GetResult());
        }

        return schemas;
    });

    public static void AssertValid(string sarif)
    {
        IReadOnlyList<ValidationError> errors = [.. Schemas.Value.SelectMany(schema => schema.Validate(sarif))];
        Assert.True(errors.Count == 0, string.Join('\n', errors.Select(static error => error.ToString())) + "\n" + sarif);
    }
}
