using System.Text.Json;

namespace ReproGate.Cli.Why;

/// <summary>What made an output differ between two builds of the clean room, from the newest <c>cleanroom.json</c> below the root.</summary>
internal static class OutputAnswer
{
    private const int MostParts = 20;

    /// <summary>Looks for an output by its path in the report, or the end of it.</summary>
    /// <returns>The answer; empty where there is no report, or the subject is not among what differs.</returns>
    public static IReadOnlyList<string> Find(Repo repo, string subject)
    {
        if (Newest(repo) is not { } file)
        {
            return [];
        }

        var lines = new List<string>();
        try
        {
            using JsonDocument report = JsonDocument.Parse(File.ReadAllBytes(file), new JsonDocumentOptions { MaxDepth = 32 });
            if (!report.RootElement.TryGetProperty("comparison", out JsonElement comparison) || comparison.ValueKind != JsonValueKind.Object)
            {
                return [];
            }

            string wanted = subject.Replace('\\', '/');
            foreach (JsonElement difference in comparison.GetProperty("differences").EnumerateArray())
            {
                string path = difference.GetProperty("path").GetString()!;
                if (path.Equals(wanted, StringComparison.Ordinal) || path.EndsWith("/" + wanted.TrimStart('/'), StringComparison.Ordinal))
                {
                    Describe(difference, path, lines);
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"{repo.Relative(file)} cannot be read: {exception.Message}. Write it again: dotnet build -t:CleanRoom");
        }

        if (lines.Count > 0)
        {
            lines.Add($"From {repo.Relative(file)}, written {File.GetLastWriteTime(file):yyyy-MM-dd HH:mm}.");
        }

        return lines;
    }

    /// <summary>What was looked at, one sentence.</summary>
    public static string Tried(Repo repo) => Newest(repo) is { } file ? $"No output of that name differs in {repo.Relative(file)}." : "There is no report of a clean room.";

    private static void Describe(JsonElement difference, string path, List<string> lines)
    {
        lines.Add($"{path}: {difference.GetProperty("grade").GetString()}");
        if (difference.TryGetProperty("cause", out JsonElement cause))
        {
            string[] variations = [.. difference.GetProperty("variations").EnumerateArray().Select(static variation => variation.GetString()!)];
            Add("varied", string.Join(", ", variations));
            Add("built by", Text(difference, "producer"));
            Add("cause", Text(cause, "class"));
            Add("evidence", Text(cause, "evidence"));
            Add("from", Text(cause, "origin"));
            Add("at", cause.TryGetProperty("file", out JsonElement place) ? $"{place.GetString()}({cause.GetProperty("line").GetInt32()})" : "");
            Add("mend", Text(cause, "mend"));
        }

        foreach (JsonElement part in difference.GetProperty("parts").EnumerateArray().Take(MostParts))
        {
            lines.Add($"  {Text(part, "where")} ({Text(part, "kind")}): {Text(part, "left")} ≠ {Text(part, "right")}");
        }

        void Add(string name, string text)
        {
            if (text.Length > 0)
            {
                lines.Add($"  {name}: {text}");
            }
        }
    }

    private static string Text(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static string? Newest(Repo repo) => Directory
        .EnumerateFiles(repo.Root, "cleanroom.json", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true, MaxRecursionDepth = 32 })
        .OrderByDescending(File.GetLastWriteTimeUtc)
        .FirstOrDefault();
}
