using System.Buffers;
using System.Text.Json;
using ReproGate.CleanRoom.Jobs;
using ReproGate.Facts.CleanRoom;

namespace ReproGate.CleanRoom.Reports;

/// <summary>Writes several jobs as <c>cleanroom.jobs.json</c>; docs/file-formats/cleanroom.jobs.schema.json describes it.</summary>
public static class JobsJson
{
    /// <summary>The version of the format.</summary>
    public const int Version = 1;

    /// <summary>Writes the file.</summary>
    /// <param name="merged">The jobs.</param>
    /// <param name="folder">The folder it is written to: results are named relative to it.</param>
    /// <param name="toolVersion">ReproGate's version.</param>
    public static byte[] Write(MergedJobs merged, string folder, string toolVersion)
    {
        var buffer = new ArrayBufferWriter<byte>(16 << 10);
        using (var json = new Utf8JsonWriter(buffer, CleanRoomJson.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteString("tool", $"ReproGate {toolVersion}");
            json.WriteString("repository", merged.Repository);
            json.WriteString("commit", merged.Commit);
            json.WriteString("state", NameOf(merged.State));
            json.WriteStartArray("jobs");
            foreach (JobRow row in merged.Jobs)
            {
                WriteJob(json, row, folder);
            }

            json.WriteEndArray();
            json.WriteStartArray("findings");
            foreach (MergedFinding found in merged.Findings)
            {
                json.WriteStartObject();
                json.WriteString("id", found.Finding.RuleId);
                json.WriteString("severity", found.Finding.Level.ToString().ToLowerInvariant());
                json.WriteString("file", found.Finding.File);
                json.WriteNumber("line", found.Finding.Line);
                json.WriteNumber("column", found.Finding.Column);
                json.WriteString("message", found.Finding.Message);
                WriteTexts(json, "jobs", found.Jobs);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("differences");
            foreach (JobDifference difference in merged.Differences)
            {
                json.WriteStartObject();
                json.WriteString("entry", difference.First.Entry);
                json.WriteString("cause", difference.IsOfMachine ? "machine" : "platform");
                WriteTexts(json, "jobs", [difference.First.Job, difference.Second.Job]);
                json.WriteStartArray("outputs");
                foreach (string path in difference.Paths)
                {
                    json.WriteStartObject();
                    json.WriteString("path", path);
                    json.WriteString("first", difference.First.Hashes.GetValueOrDefault(path) ?? "");
                    json.WriteString("second", difference.Second.Hashes.GetValueOrDefault(path) ?? "");
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return [.. buffer.WrittenSpan, (byte)'\n'];
    }

    internal static string NameOf(JobState state) => JsonNamingPolicy.CamelCase.ConvertName(state.ToString());

    private static void WriteJob(Utf8JsonWriter json, JobRow row, string folder)
    {
        json.WriteStartObject();
        json.WriteString("name", row.Job.Name);
        json.WriteString("entry", row.Job.Entry);
        json.WriteString("platform", row.Job.Platform);
        json.WriteString("context", row.Result?.Context ?? row.Job.Context);
        json.WriteString("state", NameOf(row.State));
        if (row.Result is { } result)
        {
            json.WriteString("configuration", result.Configuration);
            json.WriteString("engine", result.Engine);
            json.WriteBoolean("weakerRoom", result.IsWeakerRoom);
            json.WriteString("image", result.Image);
            json.WriteString("imagePlatform", result.ImagePlatform);
            json.WriteNumber("seconds", Math.Round(result.Elapsed.TotalSeconds, 3));
            json.WriteNumber("builds", result.Builds);
            json.WriteNumber("errors", result.Findings.Count(static finding => finding.Level == Severity.Error));
            json.WriteNumber("warnings", result.Findings.Count(static finding => finding.Level == Severity.Warning));
            if (result.Compared is { } compared)
            {
                json.WriteNumber("outputs", compared);
                json.WriteNumber("differing", result.Differing.Length);
            }

            if (result.Obstacle.Length > 0)
            {
                json.WriteString("obstacle", result.Obstacle);
            }

            if (result.File.Length > 0)
            {
                json.WriteString("result", Path.GetRelativePath(folder, result.File).Replace('\\', '/'));
            }
        }

        json.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}
