using System.Collections.Immutable;
using System.Text.Json;

namespace ReproGate.Reports;

/// <summary>Reads the SARIF files that the build wrote; only what <see cref="SarifReport"/> writes is understood.</summary>
public static class SarifReader
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64 };

    /// <summary>All results of a file.</summary>
    /// <exception cref="JsonException">The file is none of ours, or damaged.</exception>
    public static ImmutableArray<ReportedFinding> Read(ReadOnlyMemory<byte> sarif)
    {
        using JsonDocument document = JsonDocument.Parse(sarif, Options);
        var findings = ImmutableArray.CreateBuilder<ReportedFinding>();
        try
        {
            foreach (JsonElement run in document.RootElement.GetProperty("runs").EnumerateArray())
            {
                string id = run.GetProperty("automationDetails").GetProperty("id").GetString() ?? "";
                string project = id.StartsWith("reprogate/", StringComparison.Ordinal) ? Uri.UnescapeDataString(id["reprogate/".Length..].TrimEnd('/')) : "";
                foreach (JsonElement result in run.GetProperty("results").EnumerateArray())
                {
                    findings.Add(Result(result, project));
                }
            }
        }
        catch (Exception exception) when (exception is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new JsonException("The file is no SARIF file of ReproGate: " + exception.Message, exception);
        }

        return findings.ToImmutable();
    }

    private static ReportedFinding Result(JsonElement result, string project)
    {
        JsonElement physical = result.GetProperty("locations")[0].GetProperty("physicalLocation");
        (string file, bool inside) = Artifact(physical.GetProperty("artifactLocation"));
        JsonElement properties = result.TryGetProperty("properties", out JsonElement bag) ? bag : default;
        bool suppressed = result.TryGetProperty("suppressions", out JsonElement suppressions) && suppressions.GetArrayLength() > 0;
        bool hasRegion = physical.TryGetProperty("region", out JsonElement region);
        return new ReportedFinding(
            result.GetProperty("ruleId").GetString()!,
            Level(Text(properties, "enforcedLevel") is { Length: > 0 } enforced ? enforced : result.GetProperty("level").GetString()!),
            file,
            hasRegion ? Number(region, "startLine") : 0,
            hasRegion ? Number(region, "startColumn") : 0,
            result.GetProperty("message").GetProperty("text").GetString()!)
        {
            InRepository = inside,
            What = Text(properties, "what"),
            Why = Text(properties, "why"),
            Fix = Text(properties, "fix"),
            Subject = Text(properties, "subject"),
            Command = Text(properties, "command"),
            Fingerprint = result.TryGetProperty("partialFingerprints", out JsonElement prints) ? Text(prints, Reports.Fingerprint.Name) : "",
            Edits = result.TryGetProperty("fixes", out JsonElement fixes) ? Edits(fixes) : [],
            Project = project,
            Check = Text(properties, "check"),
            Suppressed = suppressed,
            Justification = suppressed ? Text(suppressions[0], "justification") : "",
        };
    }

    private static ImmutableArray<ReportedEdit> Edits(JsonElement fixes)
    {
        var edits = ImmutableArray.CreateBuilder<ReportedEdit>();
        foreach (JsonElement change in fixes[0].GetProperty("artifactChanges").EnumerateArray())
        {
            (string file, bool inside) = Artifact(change.GetProperty("artifactLocation"));
            foreach (JsonElement replacement in change.GetProperty("replacements").EnumerateArray())
            {
                JsonElement region = replacement.GetProperty("deletedRegion");
                // A file elsewhere is not ours to change.
                if (inside)
                {
                    edits.Add(new ReportedEdit(file, Number(region, "startLine"), Number(region, "startColumn"), Number(region, "endLine"), Number(region, "endColumn"), replacement.GetProperty("insertedContent").GetProperty("text").GetString()!));
                }
            }
        }

        return edits.ToImmutable();
    }

    private static (string File, bool Inside) Artifact(JsonElement location) => (
        Uri.UnescapeDataString(location.GetProperty("uri").GetString()!),
        Text(location, "uriBaseId") == ReportPaths.RepositoryBase);

    private static int Number(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement value) ? value.GetInt32() : 0;

    private static string Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) ? value.GetString() ?? "" : "";

    private static Severity Level(string level) => level switch
    {
        "error" => Severity.Error,
        "warning" => Severity.Warning,
        "note" => Severity.Info,
        _ => Severity.None,
    };
}
