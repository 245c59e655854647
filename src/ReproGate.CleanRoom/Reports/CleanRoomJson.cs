using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using ReproGate.CleanRoom.Comparison;
using ReproGate.Facts.CleanRoom;

namespace ReproGate.CleanRoom.Reports;

/// <summary>Writes cleanroom.json; docs/file-formats/cleanroom.schema.json describes it.</summary>
public static class CleanRoomJson
{
    /// <summary>The version of the format.</summary>
    public const int Version = 1;

    internal static readonly JsonWriterOptions WriterOptions = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the report.</summary>
    public static byte[] Write(CleanRoomReport report)
    {
        var buffer = new ArrayBufferWriter<byte>(16 << 10);
        using (var json = new Utf8JsonWriter(buffer, WriterOptions))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteString("tool", $"ReproGate {report.ToolVersion}");
            json.WriteString("repository", report.Repository);
            json.WriteString("commit", report.Commit);
            json.WriteBoolean("modified", report.IsModified);
            json.WriteString("entry", report.Entry);
            json.WriteString("configuration", report.Configuration);
            WriteJob(json, report);
            json.WriteBoolean("whole", report.IsWhole);
            if (report.Obstacle.Length > 0)
            {
                json.WriteString("obstacle", report.Paths.Scrub(report.Obstacle));
            }

            json.WriteString("engine", report.Engine);
            json.WriteBoolean("weakerRoom", report.IsWeakerRoom);
            if (report.IsWeakerRoom)
            {
                json.WriteStartArray("weakerBecause");
                foreach (string reason in report.Weaker)
                {
                    json.WriteStringValue(report.Paths.Scrub(reason));
                }

                json.WriteEndArray();
            }

            json.WriteString("image", report.Image);
            if (report.System.Length > 0)
            {
                json.WriteString("system", report.Paths.Scrub(report.System));
            }

            json.WriteString("started", Iso(report.Started));
            json.WriteNumber("seconds", Math.Round(report.Elapsed.TotalSeconds, 3));
            json.WriteNumber("builds", report.Builds);
            WritePhases(json, report);
            WriteFailure(json, report);
            WritePackages(json, report);
            WriteVariations(json, report);
            WriteComparison(json, report);
            WriteFindings(json, report);
            json.WriteEndObject();
        }

        return [.. buffer.WrittenSpan, (byte)'\n'];
    }

    internal static string Iso(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static void WriteJob(Utf8JsonWriter json, CleanRoomReport report)
    {
        foreach ((string name, string value) in ((string, string)[])[("job", report.Job), ("context", report.Context), ("platform", report.Platform), ("imagePlatform", report.ImagePlatform)])
        {
            if (value.Length > 0)
            {
                json.WriteString(name, value);
            }
        }
    }

    private static void WritePhases(Utf8JsonWriter json, CleanRoomReport report)
    {
        json.WriteStartArray("phases");
        foreach (PhaseRecord phase in report.Phases)
        {
            json.WriteStartObject();
            json.WriteString("name", phase.Name);
            json.WriteNumber("start", Math.Round(phase.Start.TotalSeconds, 3));
            json.WriteNumber("seconds", Math.Round(phase.Elapsed.TotalSeconds, 3));
            json.WriteString("outcome", report.Paths.Scrub(phase.Outcome));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteFailure(Utf8JsonWriter json, CleanRoomReport report)
    {
        if (report.FailureOutput.IsEmpty)
        {
            return;
        }

        json.WriteStartArray("failureOutput");
        foreach (string line in report.FailureOutput)
        {
            json.WriteStringValue(report.Paths.Scrub(line));
        }

        json.WriteEndArray();
    }

    private static void WritePackages(Utf8JsonWriter json, CleanRoomReport report)
    {
        json.WriteStartArray("packages");
        foreach (ReportPackage package in report.Packages)
        {
            json.WriteStartObject();
            json.WriteString("id", package.Id);
            json.WriteString("version", package.Version);
            json.WriteString("contentHash", package.ContentHash);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteVariations(Utf8JsonWriter json, CleanRoomReport report)
    {
        json.WriteStartArray("variations");
        foreach (ReportVariation variation in report.Variations)
        {
            json.WriteStartObject();
            json.WriteString("name", variation.Name);
            json.WriteString("first", variation.First);
            json.WriteString("second", variation.Second);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteComparison(Utf8JsonWriter json, CleanRoomReport report)
    {
        if (report.Comparison is not { } comparison)
        {
            json.WriteNull("comparison");
            return;
        }

        Dictionary<string, DifferingOutput> explained = report.Explained.GroupBy(static output => output.Path).ToDictionary(static group => group.Key, static group => group.First(), StringComparer.Ordinal);
        json.WriteStartObject("comparison");
        json.WriteNumber("files", comparison.Files);
        json.WriteNumber("bytes", comparison.Bytes);
        json.WriteStartObject("grades");
        foreach ((Grade grade, int count) in report.Grades)
        {
            json.WriteNumber(JsonNamingPolicy.CamelCase.ConvertName(grade.ToString()), count);
        }

        json.WriteEndObject();
        json.WriteStartArray("differences");
        foreach (OutputDifference difference in comparison.Differences)
        {
            json.WriteStartObject();
            json.WriteString("path", difference.Path);
            json.WriteString("grade", JsonNamingPolicy.CamelCase.ConvertName(difference.Grade.ToString()));
            if (explained.TryGetValue(difference.Path, out DifferingOutput? output))
            {
                WriteCause(json, report, output);
            }

            json.WriteStartArray("parts");
            foreach (DifferencePart part in difference.Parts)
            {
                json.WriteStartObject();
                json.WriteString("where", part.Where);
                json.WriteString("kind", part.Kind);
                json.WriteString("left", report.Paths.Scrub(part.Left));
                json.WriteString("right", report.Paths.Scrub(part.Right));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteCause(Utf8JsonWriter json, CleanRoomReport report, DifferingOutput output)
    {
        json.WriteBoolean("flaky", output.IsFlaky);
        json.WriteStartArray("variations");
        foreach (string variation in output.Variations)
        {
            json.WriteStringValue(variation);
        }

        json.WriteEndArray();
        json.WriteString("producer", output.Producer);
        json.WriteStartObject("cause");
        json.WriteString("class", JsonNamingPolicy.CamelCase.ConvertName(output.Cause.Class.ToString()));
        json.WriteString("evidence", output.Cause.Evidence);
        json.WriteString("origin", output.Cause.Origin);
        json.WriteString("mend", output.Cause.Mend);
        if (output.Cause.Location is { } location)
        {
            json.WriteString("file", report.Paths.Scrub(location.File));
            json.WriteNumber("line", location.Line);
        }

        json.WriteEndObject();
    }

    private static void WriteFindings(Utf8JsonWriter json, CleanRoomReport report)
    {
        json.WriteStartArray("findings");
        foreach (JudgedFinding judged in report.Findings)
        {
            json.WriteStartObject();
            json.WriteString("id", judged.Finding.Rule.Id);
            json.WriteString("severity", judged.Severity.ToString().ToLowerInvariant());
            json.WriteString("file", report.Paths.Scrub(judged.Finding.Location.File));
            json.WriteNumber("line", judged.Finding.Location.Line);
            json.WriteNumber("column", judged.Finding.Location.Column);
            json.WriteString("message", report.Paths.Scrub(judged.Finding.Message));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
