using System.Buffers;
using System.Text;
using System.Text.Json;

namespace ReproGate.Reports;

/// <summary>Findings for coding agents: one JSON object a line, with what mends the fault, what is no mend, and the command that proves it.</summary>
public static class JsonLinesReport
{
    /// <summary>What an agent may not do to make a finding go away, whatever the rule.</summary>
    public static readonly string[] Forbidden =
    [
        "suppress it (NoWarn, .editorconfig, reprogate.baseline.json, reprogate.allow.json)",
        "switch the gate off or to observe mode",
        "widen a version, source or mapping beyond what the fix says",
        "delete a lock file, the matrix or the ReproGate.Sdk line",
    ];

    private static readonly JsonWriterOptions Options = new() { Encoder = SarifPart.WriterOptions.Encoder };

    /// <summary>Writes the lines.</summary>
    /// <param name="findings">The findings.</param>
    /// <param name="verify">The command that shows whether the fault is gone.</param>
    public static string Write(IEnumerable<ReportedFinding> findings, string verify)
    {
        var text = new StringBuilder();
        foreach (ReportedFinding finding in findings)
        {
            text.Append(Line(finding, verify)).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>One finding as one JSON object without line ends.</summary>
    public static string Line(ReportedFinding finding, string verify)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("id", finding.RuleId);
            json.WriteString("title", RuleCatalog.Find(finding.RuleId)?.Title ?? "");
            json.WriteString("level", SarifPart.Level(finding.Level));
            json.WriteString("fingerprint", finding.Fingerprint);
            json.WriteString("state", finding.IsNew switch { true => "new", false => "standing", null => "unknown" });
            json.WriteString("file", finding.File);
            json.WriteNumber("line", finding.Line);
            json.WriteNumber("column", finding.Column);
            json.WriteString("project", finding.Project);
            json.WriteString("evidence", finding.What.Length > 0 ? finding.What : finding.Message);
            json.WriteString("why", finding.Why);
            json.WriteStartObject("fix");
            json.WriteString("text", finding.Fix);
            json.WriteString("command", finding.Command);
            json.WriteStartArray("edits");
            foreach (ReportedEdit edit in finding.Edits)
            {
                json.WriteStartObject();
                json.WriteString("file", edit.File);
                json.WriteNumber("startLine", edit.StartLine);
                json.WriteNumber("startColumn", edit.StartColumn);
                json.WriteNumber("endLine", edit.EndLine);
                json.WriteNumber("endColumn", edit.EndColumn);
                json.WriteString("newText", edit.NewText);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteStartArray("forbidden");
            foreach (string forbidden in Forbidden)
            {
                json.WriteStringValue(forbidden);
            }

            json.WriteEndArray();
            json.WriteString("verify", verify);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
