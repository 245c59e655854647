using System.Buffers;
using System.Text;
using System.Text.Json;

namespace ReproGate.Reports;

/// <summary>Builds a project's SARIF 2.1.0 file out of the parts of its checks.</summary>
public static class SarifReport
{
    private const string Schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

    /// <summary>Merges parts into one run. Results that are equal in every respect (two frameworks saying the same) are written once.</summary>
    /// <param name="parts">The parts as <see cref="SarifPart.Write"/> made them.</param>
    /// <param name="project">The project relative to the repository's root, with forward slashes: tells the runs of several projects apart.</param>
    /// <param name="version">ReproGate's version.</param>
    /// <param name="rulePage">The Markdown of a rule's page; null where there is none.</param>
    /// <param name="helpLinkBase">The address below which rule pages are published; null where they are not.</param>
    /// <exception cref="JsonException">A part is damaged.</exception>
    public static byte[] Merge(IEnumerable<ReadOnlyMemory<byte>> parts, string project, string version, Func<Rule, string?> rulePage, string? helpLinkBase)
    {
        var results = new SortedSet<string>(StringComparer.Ordinal);
        var ruleIds = new SortedSet<string>(StringComparer.Ordinal);
        var remarks = new SortedSet<string>(StringComparer.Ordinal);
        foreach (ReadOnlyMemory<byte> part in parts)
        {
            using JsonDocument document = JsonDocument.Parse(part);
            foreach (JsonElement result in Results(document.RootElement))
            {
                ruleIds.Add(result.GetProperty("ruleId").GetString()!);
                results.Add(result.GetRawText());
            }

            remarks.UnionWith(Remarks(document.RootElement));
        }

        return Log(json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("tool");
            json.WriteStartObject("driver");
            json.WriteString("name", "ReproGate");
            json.WriteString("semanticVersion", version);
            json.WriteStartArray("rules");
            foreach (Rule rule in ruleIds.Select(RuleCatalog.Find).OfType<Rule>())
            {
                WriteRule(json, rule, rulePage(rule), helpLinkBase);
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteStartObject("automationDetails");
            json.WriteString("id", $"reprogate/{project}/");
            json.WriteEndObject();
            json.WriteString("columnKind", "utf16CodeUnits");
            // No uri: the absolute path of this machine's checkout is nobody's business; consumers know their own.
            json.WriteStartObject("originalUriBaseIds");
            json.WriteStartObject(ReportPaths.RepositoryBase);
            SarifPart.WriteText(json, "description", "The repository's root.");
            json.WriteEndObject();
            json.WriteEndObject();
            WriteRemarks(json, remarks);
            json.WriteStartArray("results");
            foreach (string result in results)
            {
                using JsonDocument document = JsonDocument.Parse(result);
                document.RootElement.WriteTo(json);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    /// <summary>One file with the runs of several, in their order.</summary>
    /// <param name="files">Files as <see cref="Merge"/> made them, each with an automation id of its own.</param>
    /// <exception cref="JsonException">A file is damaged.</exception>
    public static byte[] Combine(IEnumerable<ReadOnlyMemory<byte>> files)
    {
        return Log(json =>
        {
            foreach (ReadOnlyMemory<byte> file in files)
            {
                using JsonDocument document = JsonDocument.Parse(file);
                if (!document.RootElement.TryGetProperty("runs", out JsonElement runs) || runs.ValueKind != JsonValueKind.Array)
                {
                    throw new JsonException("runs is missing.");
                }

                foreach (JsonElement run in runs.EnumerateArray())
                {
                    run.WriteTo(json);
                }
            }
        });
    }

    private static byte[] Log(Action<Utf8JsonWriter> writeRuns)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer, SarifPart.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("$schema", Schema);
            json.WriteString("version", "2.1.0");
            json.WriteStartArray("runs");
            writeRuns(json);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n");
    }

    /// <summary>The target framework a part was written for.</summary>
    /// <exception cref="JsonException">The part is damaged.</exception>
    public static string TargetFrameworkOf(ReadOnlyMemory<byte> part)
    {
        using JsonDocument document = JsonDocument.Parse(part);
        _ = Results(document.RootElement);
        return document.RootElement.TryGetProperty("targetFramework", out JsonElement framework) && framework.ValueKind == JsonValueKind.String
            ? framework.GetString()!
            : throw new JsonException("targetFramework is missing.");
    }

    private static IReadOnlyList<JsonElement> Results(JsonElement part)
    {
        if (part.ValueKind != JsonValueKind.Object || !part.TryGetProperty("results", out JsonElement results) || results.ValueKind != JsonValueKind.Array)
        {
            throw new JsonException("results is missing.");
        }

        List<JsonElement> list = [.. results.EnumerateArray()];
        return list.TrueForAll(static result => result.ValueKind == JsonValueKind.Object && result.TryGetProperty("ruleId", out JsonElement id) && id.ValueKind == JsonValueKind.String)
            ? list
            : throw new JsonException("A result has no ruleId.");
    }

    // What a tool says of itself and not of the code has this place in SARIF.
    private static void WriteRemarks(Utf8JsonWriter json, SortedSet<string> remarks)
    {
        if (remarks.Count == 0)
        {
            return;
        }

        json.WriteStartArray("invocations");
        json.WriteStartObject();
        json.WriteBoolean("executionSuccessful", true);
        json.WriteStartArray("toolExecutionNotifications");
        foreach (string remark in remarks)
        {
            json.WriteStartObject();
            json.WriteString("level", "warning");
            SarifPart.WriteText(json, "message", remark);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static IEnumerable<string> Remarks(JsonElement part)
    {
        if (!part.TryGetProperty("remarks", out JsonElement remarks))
        {
            return [];
        }

        return remarks.ValueKind == JsonValueKind.Array && remarks.EnumerateArray().All(static remark => remark.ValueKind == JsonValueKind.String)
            ? remarks.EnumerateArray().Select(static remark => remark.GetString()!).ToArray()
            : throw new JsonException("remarks are no texts.");
    }

    private static void WriteRule(Utf8JsonWriter json, Rule rule, string? page, string? helpLinkBase)
    {
        json.WriteStartObject();
        json.WriteString("id", rule.Id);
        json.WriteString("name", rule.Name);
        SarifPart.WriteText(json, "shortDescription", rule.Title);
        if (page is not null)
        {
            json.WriteStartObject("help");
            json.WriteString("text", page);
            json.WriteString("markdown", page);
            json.WriteEndObject();
        }

        if (helpLinkBase is not null)
        {
            json.WriteString("helpUri", helpLinkBase + rule.Id);
        }

        json.WriteStartObject("defaultConfiguration");
        json.WriteString("level", SarifPart.Level(rule.DefaultSeverity));
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
