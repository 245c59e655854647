using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ReproGate.Reports;

/// <summary>
/// What one check of one target framework contributes to a project's SARIF file: its results, ready to be copied.
/// Each check writes its own part, so that parallel builds never edit the same file.
/// </summary>
public static class SarifPart
{
    internal static readonly JsonWriterOptions WriterOptions = new()
    {
        Indented = true,
        NewLine = "\n",
        // The file is data, never inlined into a web page; names in any script stay readable.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes the part, findings in a stable order.</summary>
    /// <param name="targetFramework">The target framework that was judged; empty for the outer build.</param>
    /// <param name="findings">The findings, suppressed ones included.</param>
    /// <param name="paths">Keeps machine paths out.</param>
    /// <param name="check">The check, as a baseline names it; empty where it does not matter.</param>
    /// <param name="remarks">What is to be known of the check itself, a sentence each.</param>
    public static byte[] Write(string targetFramework, IEnumerable<JudgedFinding> findings, ReportPaths paths, string check = "", IReadOnlyList<string>? remarks = null)
    {
        var buffer = new ArrayBufferWriter<byte>(2048);
        using (var json = new Utf8JsonWriter(buffer, WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("targetFramework", targetFramework);
            json.WriteStartArray("results");
            foreach (JudgedFinding finding in findings
                .OrderBy(static finding => finding.Finding.Rule.Id, StringComparer.Ordinal)
                .ThenBy(static finding => finding.Finding.Location.File, StringComparer.Ordinal)
                .ThenBy(static finding => finding.Finding.Location.Line)
                .ThenBy(static finding => finding.Finding.Location.Column)
                .ThenBy(static finding => finding.Finding.Subject, StringComparer.Ordinal)
                .ThenBy(static finding => finding.Finding.Message, StringComparer.Ordinal))
            {
                WriteResult(json, finding, paths, check);
            }

            json.WriteEndArray();
            if (remarks is { Count: > 0 })
            {
                json.WriteStartArray("remarks");
                foreach (string remark in remarks)
                {
                    json.WriteStringValue(paths.Scrub(remark));
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    internal static string Level(Severity severity) => severity switch
    {
        Severity.Error => "error",
        Severity.Warning => "warning",
        Severity.Info => "note",
        _ => "none",
    };

    private static void WriteResult(Utf8JsonWriter json, JudgedFinding judged, ReportPaths paths, string check)
    {
        Finding finding = judged.Finding;
        bool suppressed = judged.Severity == Severity.None;
        json.WriteStartObject();
        json.WriteString("ruleId", finding.Rule.Id);
        json.WriteString("level", Level(suppressed ? finding.DefaultSeverity ?? finding.Rule.DefaultSeverity : judged.Severity));
        WriteText(json, "message", paths.Scrub(finding.Message));
        json.WriteStartArray("locations");
        json.WriteStartObject();
        json.WriteStartObject("physicalLocation");
        WriteArtifact(json, finding.Location.File, paths);
        if (finding.Location.Line > 0)
        {
            json.WriteStartObject("region");
            json.WriteNumber("startLine", finding.Location.Line);
            if (finding.Location.Column > 0)
            {
                json.WriteNumber("startColumn", finding.Location.Column);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartObject("partialFingerprints");
        json.WriteString(Fingerprint.Name, Fingerprint.Of(finding, paths));
        json.WriteEndObject();
        if (finding.Edits.Length > 0)
        {
            WriteFix(json, finding, paths);
        }

        if (suppressed)
        {
            json.WriteStartArray("suppressions");
            json.WriteStartObject();
            json.WriteString("kind", "external");
            if (judged.Justification.Length > 0)
            {
                json.WriteString("justification", judged.Justification);
            }

            json.WriteEndObject();
            json.WriteEndArray();
        }

        // The three parts of the message apart, for readers that show or weigh them one by one.
        json.WriteStartObject("properties");
        json.WriteString("what", paths.Scrub(finding.What));
        json.WriteString("why", paths.Scrub(finding.Why));
        json.WriteString("fix", paths.Scrub(finding.Fix));
        json.WriteString("subject", paths.Scrub(finding.Subject));
        if (check.Length > 0)
        {
            json.WriteString("check", check);
        }

        if (finding.Command is not null)
        {
            json.WriteString("command", paths.Scrub(finding.Command));
        }

        if (judged.Enforced != judged.Severity && !suppressed)
        {
            json.WriteString("enforcedLevel", Level(judged.Enforced));
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteFix(Utf8JsonWriter json, Finding finding, ReportPaths paths)
    {
        json.WriteStartArray("fixes");
        json.WriteStartObject();
        WriteText(json, "description", paths.Scrub(finding.Fix));
        json.WriteStartArray("artifactChanges");
        foreach (IGrouping<string, TextEdit> edits in finding.Edits.GroupBy(static edit => edit.File, StringComparer.Ordinal))
        {
            json.WriteStartObject();
            WriteArtifact(json, edits.Key, paths);
            json.WriteStartArray("replacements");
            foreach (TextEdit edit in edits)
            {
                json.WriteStartObject();
                json.WriteStartObject("deletedRegion");
                json.WriteNumber("startLine", edit.StartLine);
                json.WriteNumber("startColumn", edit.StartColumn);
                json.WriteNumber("endLine", edit.EndLine);
                json.WriteNumber("endColumn", edit.EndColumn);
                json.WriteEndObject();
                WriteText(json, "insertedContent", edit.NewText);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteArtifact(Utf8JsonWriter json, string file, ReportPaths paths)
    {
        (string uri, string baseId) = paths.Locate(file);
        json.WriteStartObject("artifactLocation");
        json.WriteString("uri", uri);
        json.WriteString("uriBaseId", baseId);
        json.WriteEndObject();
    }

    internal static void WriteText(Utf8JsonWriter json, string name, string text)
    {
        json.WriteStartObject(name);
        json.WriteString("text", text);
        json.WriteEndObject();
    }
}
