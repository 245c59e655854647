using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using ReproGate.Facts;

namespace ReproGate.Repository;

/// <summary>Reads the versions of local tools in a tool manifest.</summary>
public static class ToolManifestReader
{
    private const long MaxBytes = 4 * 1024 * 1024;
    private static readonly JsonDocumentOptions Options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 32 };

    /// <summary>Where the .NET SDK looks for a manifest in a folder.</summary>
    public static IReadOnlyList<string> Names { get; } = [Path.Combine(".config", "dotnet-tools.json"), "dotnet-tools.json"];

    /// <summary>
    /// The manifests that exist between a project's folder and the repository's root, the root's own left out: whoever works in the folder
    /// gets their tools too, whether or not a nearer one calls itself the root.
    /// </summary>
    /// <param name="projectPath">Absolute path of the project.</param>
    /// <param name="repositoryRoot">Absolute path of the repository's root.</param>
    public static IEnumerable<string> Nested(string projectPath, string repositoryRoot)
    {
        string root = Path.TrimEndingDirectorySeparator(repositoryRoot);
        for (string? folder = Path.GetDirectoryName(projectPath); folder is not null && folder.Length > root.Length && Territory.IsBelow(folder, root); folder = Path.GetDirectoryName(folder))
        {
            foreach (string name in Names)
            {
                string path = Path.Combine(folder, name);
                if (File.Exists(path))
                {
                    yield return path;
                }
            }
        }
    }

    /// <summary>Reads <c>tools</c>.</summary>
    /// <param name="path">Absolute path of the manifest; one that does not exist declares nothing.</param>
    public static JsonVersions Read(string path) => JsonVersions.Read(path, "tools", "version");

    /// <summary>A manifest for each tool of a manifest, with nothing but that tool; none where it does not exist or cannot be read, which <see cref="Read"/> tells.</summary>
    /// <param name="path">Absolute path of the manifest.</param>
    public static ImmutableArray<string> Split(string path) => OfTools(path, static tools => tools.Select(static tool =>
        new JsonObject { ["version"] = 1, ["isRoot"] = true, ["tools"] = new JsonObject { [tool.Name] = JsonNode.Parse(tool.Value.GetRawText(), null, Options) } }.ToJsonString()));

    /// <summary>The commands of the tools that a manifest declares; none where it does not exist or cannot be read, which <see cref="Read"/> tells.</summary>
    /// <param name="path">Absolute path of the manifest.</param>
    public static ImmutableArray<string> ReadCommands(string path) => OfTools(path, static tools => tools
        .Where(static tool => tool.Value.ValueKind == JsonValueKind.Object && tool.Value.TryGetProperty("commands", out JsonElement commands) && commands.ValueKind == JsonValueKind.Array)
        .SelectMany(static tool => tool.Value.GetProperty("commands").EnumerateArray())
        .Where(static command => command.ValueKind == JsonValueKind.String)
        // "dotnet ef" starts the command dotnet-ef.
        .SelectMany(static command => command.GetString() is { } name && name.StartsWith("dotnet-", StringComparison.OrdinalIgnoreCase) ? [name, name["dotnet-".Length..]] : new[] { command.GetString()! }));

    private static ImmutableArray<string> OfTools(string path, Func<IEnumerable<JsonProperty>, IEnumerable<string>> select)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists || file.Length > MaxBytes)
            {
                return [];
            }

            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path).AsMemory(), Options);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("tools", out JsonElement tools) && tools.ValueKind == JsonValueKind.Object
                ? [.. select(tools.EnumerateObject())]
                : [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            return [];
        }
    }
}
