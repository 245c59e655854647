using System.Text.Json;
using ReproGate.CleanRoom.Snapshots;

namespace ReproGate.CleanRoom.Building;

/// <summary>What is tested.</summary>
internal static class TestTarget
{
    /// <summary>The arguments of <c>dotnet test</c> that name it: with Microsoft.Testing.Platform as the runner it wants to be told what the target is.</summary>
    /// <param name="snapshot">The sources, whose global.json names the runner.</param>
    /// <param name="entry">Path of the solution or project.</param>
    public static string[] Of(Snapshot snapshot, string entry)
    {
        try
        {
            string path = Path.Combine(snapshot.Directory, "global.json");
            if (File.Exists(path))
            {
                using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path).AsMemory(), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
                if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("test", out JsonElement test) && test.ValueKind == JsonValueKind.Object
                    && test.TryGetProperty("runner", out JsonElement runner) && runner.ValueKind == JsonValueKind.String && runner.GetString() == "Microsoft.Testing.Platform")
                {
                    return [Path.GetExtension(entry).StartsWith(".sln", StringComparison.OrdinalIgnoreCase) ? "--solution" : "--project", entry];
                }
            }
        }
        catch (JsonException)
        {
            // dotnet itself will tell.
        }

        return [entry];
    }
}
