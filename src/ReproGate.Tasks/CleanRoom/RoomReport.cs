using System.Text.Encodings.Web;
using System.Text.Json;
using ReproGate.CleanRoom;
using ReproGate.CleanRoom.Variations;
using ReproGate.Facts.CleanRoom;
using ReproGate.Repository;

namespace ReproGate.Tasks.CleanRoom;

/// <summary>Writes what a run found out: <c>cleanroom.json</c> and the binary logs of its builds.</summary>
internal static class RoomReport
{
    public const string FileName = "cleanroom.json";
    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the report atomically, and the logs beside it.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static void Write(string folder, CleanRoomOutcome outcome, string entry, string repositoryRoot, IReadOnlyCollection<Finding> findings)
    {
        if (outcome.Rebuild is { } rebuild)
        {
            CopyLog(rebuild.FirstLog, Path.Combine(folder, "build.binlog"));
            CopyLog(rebuild.SecondLog, Path.Combine(folder, "rebuild.binlog"));
        }

        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Options))
        {
            Write(json, outcome, Path.GetRelativePath(repositoryRoot, entry).Replace('\\', '/'), findings);
        }

        stream.WriteByte((byte)'\n');
        AtomicFile.WriteAllBytes(Path.Combine(folder, FileName), stream.ToArray());
    }

    /// <summary>Deletes a folder; what cannot be deleted stays for the system to clean.</summary>
    public static void DeleteQuietly(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // In the temporary folder.
        }
    }

    private static void CopyLog(string log, string target)
    {
        if (File.Exists(log))
        {
            File.Copy(log, target, overwrite: true);
        }
    }

    private static void Write(Utf8JsonWriter json, CleanRoomOutcome outcome, string entry, IReadOnlyCollection<Finding> findings)
    {
        json.WriteStartObject();
        json.WriteNumber("version", 1);
        json.WriteString("entry", entry);
        json.WriteBoolean("whole", outcome.IsWhole);
        json.WriteString("engine", outcome.Engine);
        if (outcome.Image is { } image)
        {
            json.WriteStartObject("image");
            json.WriteString("name", image.Name);
            json.WriteString("pin", image.Pin);
            json.WriteEndObject();
        }

        if (outcome.Obstacle.Length > 0)
        {
            json.WriteString("obstacle", outcome.Obstacle);
        }

        if (outcome.Snapshot is { } snapshot)
        {
            json.WriteStartObject("snapshot");
            json.WriteString("commit", snapshot.Commit);
            json.WriteBoolean("uncommittedChanges", snapshot.IsModified);
            json.WriteNumber("files", snapshot.Files.Length);
            json.WriteEndObject();
        }

        if (outcome.Packages is { } packages)
        {
            json.WriteStartArray("packages");
            foreach (var package in packages.Packages)
            {
                json.WriteStartObject();
                json.WriteString("id", package.Id);
                json.WriteString("version", package.Version);
                json.WriteString("contentHash", package.ContentHash);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteStartArray("phases");
        foreach (PhaseRecord phase in outcome.Phases)
        {
            json.WriteStartObject();
            json.WriteString("name", phase.Name);
            json.WriteNumber("startSeconds", Math.Round(phase.Start.TotalSeconds, 3));
            json.WriteNumber("seconds", Math.Round(phase.Elapsed.TotalSeconds, 3));
            json.WriteString("outcome", phase.Outcome);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (!outcome.FailureOutput.IsEmpty)
        {
            Strings(json, "failureOutput", outcome.FailureOutput);
        }

        WriteRebuild(json, outcome);
        json.WriteStartArray("findings");
        foreach (Finding finding in findings)
        {
            json.WriteStartObject();
            json.WriteString("rule", finding.Rule.Id);
            json.WriteString("file", finding.Location.File);
            json.WriteNumber("line", finding.Location.Line);
            json.WriteString("message", finding.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteRebuild(Utf8JsonWriter json, CleanRoomOutcome outcome)
    {
        if (outcome.Rebuild is not { } rebuild)
        {
            return;
        }

        json.WriteStartObject("rebuild");
        json.WriteNumber("builds", rebuild.Builds);
        json.WriteNumber("files", rebuild.Comparison.Files);
        json.WriteNumber("bytes", rebuild.Comparison.Bytes);
        json.WriteStartArray("variations");
        foreach (Variation variation in Variation.All)
        {
            json.WriteStartObject();
            json.WriteString("name", variation.Name);
            json.WriteString("first", variation.Describe(rebuild.FirstSettings));
            json.WriteString("second", variation.Describe(rebuild.SecondSettings));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("differences");
        foreach (DifferingOutput output in rebuild.Outputs)
        {
            json.WriteStartObject();
            json.WriteString("path", output.Path);
            json.WriteString("where", output.Where);
            json.WriteString("kind", output.Kind);
            json.WriteString("left", output.Left);
            json.WriteString("right", output.Right);
            json.WriteBoolean("metadataOnly", output.IsMetadataOnly);
            json.WriteBoolean("differsByItself", output.IsFlaky);
            Strings(json, "variations", output.Variations);
            json.WriteString("cause", output.Cause.Class.ToString());
            json.WriteString("producer", output.Producer);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Strings(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
