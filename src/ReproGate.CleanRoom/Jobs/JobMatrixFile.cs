using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using ReproGate.CleanRoom.Reports;

namespace ReproGate.CleanRoom.Jobs;

/// <summary>The jobs as a file, for machines that each do one of them; docs/file-formats/cleanroom.matrix.schema.json describes it.</summary>
public static class JobMatrixFile
{
    /// <summary>The version of the format.</summary>
    public const int Version = 1;

    private const int MostJobs = 10_000;

    /// <summary>Writes the file.</summary>
    /// <param name="matrix">The jobs.</param>
    /// <param name="toolVersion">ReproGate's version.</param>
    public static byte[] Write(JobMatrix matrix, string toolVersion)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer, CleanRoomJson.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteString("tool", $"ReproGate {toolVersion}");
            json.WriteString("commit", matrix.Commit);
            json.WriteStartArray("jobs");
            foreach ((int index, Job job) in matrix.Jobs.Index())
            {
                json.WriteStartObject();
                WriteJob(json, index, job);
                json.WriteString("context", job.Context);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return [.. buffer.WrittenSpan, (byte)'\n'];
    }

    /// <summary>Writes the members of a job that every list of jobs has, into an object that the caller began.</summary>
    public static void WriteJob(Utf8JsonWriter json, int index, Job job)
    {
        json.WriteNumber("index", index);
        json.WriteString("name", job.Name);
        json.WriteString("entry", job.Entry);
        json.WriteString("platform", job.Platform);
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">It cannot be read, or holds what no matrix may hold: a name or a path that leads outside, two jobs of one name. The message is one clause.</exception>
    public static JobMatrix ReadFile(string path) => Read(BoundedJson.ReadFile(path));

    /// <summary>Reads the text of a file.</summary>
    /// <inheritdoc cref="ReadFile" path="/exception" />
    public static JobMatrix Read(ReadOnlyMemory<byte> json) => BoundedJson.Read(json, Version, static root =>
    {
        JsonElement list = root.GetProperty("jobs");
        if (list.GetArrayLength() > MostJobs)
        {
            throw new InvalidDataException($"it names {list.GetArrayLength()} jobs, more than the {MostJobs} that are read");
        }

        var jobs = ImmutableArray.CreateBuilder<Job>(list.GetArrayLength());
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (JsonElement element in list.EnumerateArray())
        {
            var job = new Job(element.Text("name"), element.Text("entry")) { Platform = element.Text("platform"), Context = element.Text("context") };
            string fault = element.GetProperty("index").GetInt32() != jobs.Count ? $"the index is not {jobs.Count}, its place"
                : !Job.IsName(job.Name) ? "the name may hold letters, digits, '.', '_' and '-' only"
                : !names.Add(job.Name) ? "another job has this name"
                : !Job.IsEntry(job.Entry) ? "the entry is no path below the repository's root"
                : job.Platform.Length > 0 && !Job.IsPlatform(job.Platform) ? "the platform is not os/architecture"
                : job.Context.Length > 0 && !Job.IsContext(job.Context) ? "the context is no context's name"
                : "";
            if (fault.Length > 0)
            {
                throw new InvalidDataException($"of job {jobs.Count}, {Shown(job.Name)}, {fault}");
            }

            jobs.Add(job);
        }

        return new JobMatrix(root.Text("commit"), jobs.ToImmutable());
    });

    internal static string Shown(string text) => $"\"{string.Concat(text.Take(80).Select(static letter => char.IsControl(letter) ? '?' : letter))}\"";
}
