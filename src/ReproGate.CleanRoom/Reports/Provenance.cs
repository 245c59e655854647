using System.Buffers;
using System.Text.Json;
using ReproGate.CleanRoom.Comparison;

namespace ReproGate.CleanRoom.Reports;

/// <summary>
/// Writes the provenance of a room's build: an in-toto statement with SLSA provenance v1. It is not signed, and made by the same
/// process that asked for the build: SLSA build level 1 and no more. It says so itself.
/// </summary>
public static class Provenance
{
    private const string Address = "urn:reprogate:clean-room";

    /// <summary>Writes the statement.</summary>
    public static byte[] Write(CleanRoomReport report)
    {
        var buffer = new ArrayBufferWriter<byte>(8 << 10);
        using (var json = new Utf8JsonWriter(buffer, CleanRoomJson.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("_type", "https://in-toto.io/Statement/v1");
            json.WriteStartArray("subject");
            foreach (ManifestEntry entry in report.Outputs?.Entries.Where(static entry => entry.Sha256.Length > 0) ?? [])
            {
                json.WriteStartObject();
                json.WriteString("name", entry.Path);
                WriteDigest(json, "sha256", entry.Sha256);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteString("predicateType", "https://slsa.dev/provenance/v1");
            json.WriteStartObject("predicate");
            WriteDefinition(json, report);
            WriteRun(json, report);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return [.. buffer.WrittenSpan, (byte)'\n'];
    }

    private static void WriteDefinition(Utf8JsonWriter json, CleanRoomReport report)
    {
        json.WriteStartObject("buildDefinition");
        json.WriteString("buildType", Address + ":build:v1");
        json.WriteStartObject("externalParameters");
        json.WriteString("entry", report.Entry);
        json.WriteStartObject("source");
        json.WriteString("uri", SourceUri(report));
        WriteDigest(json, "gitCommit", report.Commit);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject("internalParameters");
        json.WriteString("engine", report.Engine);
        json.WriteBoolean("uncommittedChanges", report.IsModified);
        json.WriteBoolean("weakerRoom", report.IsWeakerRoom);
        if (report.IsWeakerRoom)
        {
            json.WriteString("weakerBecause", report.Paths.Scrub(string.Join("; ", report.Weaker)));
        }

        if (report.System.Length > 0)
        {
            // No dependency that could be resolved: nothing pins it.
            json.WriteString("system", report.Paths.Scrub(report.System));
        }

        json.WriteString("slsaBuildLevel", $"1: unsigned, and written by the process that asked for the build{(report.IsWeakerRoom ? "; in a room weaker than a container" : "")}");
        json.WriteEndObject();
        json.WriteStartArray("resolvedDependencies");
        json.WriteStartObject();
        json.WriteString("uri", SourceUri(report));
        WriteDigest(json, "gitCommit", report.Commit);
        json.WriteEndObject();
        if (report.Image.Length > 0)
        {
            json.WriteStartObject();
            json.WriteString("name", report.Image);
            int digest = report.Image.LastIndexOf("sha256:", StringComparison.Ordinal);
            if (digest >= 0)
            {
                WriteDigest(json, "sha256", report.Image[(digest + "sha256:".Length)..]);
            }

            json.WriteEndObject();
        }

        foreach (ReportPackage package in report.Packages)
        {
            json.WriteStartObject();
            json.WriteString("uri", BillOfMaterials.Purl(package));
            if (BillOfMaterials.Hex(package) is { } hash)
            {
                WriteDigest(json, "sha512", hash);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteRun(Utf8JsonWriter json, CleanRoomReport report)
    {
        json.WriteStartObject("runDetails");
        json.WriteStartObject("builder");
        // Who trusts the rooms of containers does not thereby trust these.
        json.WriteString("id", report.IsWeakerRoom ? Address + ":weaker" : Address);
        json.WriteStartObject("version");
        json.WriteString("ReproGate", report.ToolVersion);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject("metadata");
        json.WriteString("startedOn", CleanRoomJson.Iso(report.Started));
        json.WriteString("finishedOn", CleanRoomJson.Iso(report.Started + report.Elapsed));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string SourceUri(CleanRoomReport report) => report.RepositoryUri.Length > 0 ? $"git+{report.RepositoryUri}" : $"git+file:{Uri.EscapeDataString(report.Repository)}";

    private static void WriteDigest(Utf8JsonWriter json, string algorithm, string value)
    {
        json.WriteStartObject("digest");
        json.WriteString(algorithm, value);
        json.WriteEndObject();
    }
}
