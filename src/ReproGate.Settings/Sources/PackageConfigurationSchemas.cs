using System.Collections.Immutable;
using System.Text.Json;
using ReproGate.Facts.Configuration;
using ReproGate.Settings.Files;

namespace ReproGate.Settings.Sources;

/// <summary>
/// Which sections of the configuration a package says that it reads: the JSON schema <c>ConfigurationSchema.json</c> at its root, which .NET Aspire's client
/// integrations ship and which its own targets hand to editors (<c>JsonSchemaSegment</c>). It nests the section's names as properties.
/// </summary>
public static class PackageConfigurationSchemas
{
    private const string FileName = "ConfigurationSchema.json";

    /// <summary>Reads the schemas of packages.</summary>
    /// <param name="packages">Id and extracted folder of each package that the application compiles against; one may come more than once.</param>
    /// <param name="unread">Takes one sentence for each schema that cannot be read.</param>
    /// <returns>One read of a whole section for each component; none is required.</returns>
    public static ImmutableArray<ConfigurationRead> Read(IEnumerable<(string Id, string Folder)> packages, ICollection<string> unread)
    {
        var reads = ImmutableArray.CreateBuilder<ConfigurationRead>();
        foreach ((string id, string folder) in packages.DistinctBy(static package => package.Folder, StringComparer.Ordinal))
        {
            var file = new FileInfo(Path.Combine(folder, FileName));
            if (!file.Exists)
            {
                continue;
            }

            try
            {
                if (file.Length > SettingsFiles.MaxBytes)
                {
                    unread.Add($"{FileName} of the package {id} is larger than {SettingsFiles.MaxBytes / 1024 / 1024} MB.");
                    continue;
                }

                using FileStream stream = file.OpenRead();
                using JsonDocument schema = JsonDocument.Parse(stream, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
                reads.AddRange(Sections(schema.RootElement, "").Select(section => new ConfigurationRead(section, ReadKind.Section, null)
                {
                    WholeSection = true,
                    Type = ConfigurationValueType.Object,
                    Requirement = Requirement.Optional,
                    Origin = $"library:{id}",
                }));
            }
            catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
            {
                unread.Add($"{FileName} of the package {id} could not be read: {exception.Message}");
            }
        }

        return reads.DrainToImmutable();
    }

    // A component's section is where its first value stands: "Aspire" only leads there, and other packages' sections lie beside it.
    private static IEnumerable<string> Sections(JsonElement schema, string path)
    {
        JsonProperty[] properties = [.. Properties(schema)];
        return path.Length > 0 && properties.Any(static property => !Properties(property.Value).Any())
            ? [path]
            : properties.SelectMany(property => Sections(property.Value, path.Length == 0 ? property.Name : $"{path}:{property.Name}"));
    }

    private static IEnumerable<JsonProperty> Properties(JsonElement schema) =>
        schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("properties", out JsonElement properties) && properties.ValueKind == JsonValueKind.Object ? properties.EnumerateObject() : [];
}
