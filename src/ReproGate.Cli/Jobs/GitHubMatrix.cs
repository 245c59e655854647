using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ReproGate.CleanRoom.Jobs;

namespace ReproGate.Cli.Jobs;

/// <summary>Jobs as the matrix of a job of GitHub Actions, on one line so that it can be an output. Source: docs.github.com, "Running variations of jobs in a workflow".</summary>
internal static class GitHubMatrix
{
    /// <summary>How many jobs a matrix of GitHub Actions may make in a run.</summary>
    private const int MostJobs = 256;

    /// <summary>GitHub's own runners for each platform.</summary>
    private static readonly Dictionary<string, string> Runners = new(StringComparer.Ordinal)
    {
        [""] = "ubuntu-latest",
        ["linux/amd64"] = "ubuntu-latest",
        ["linux/arm64"] = "ubuntu-24.04-arm",
    };

    /// <summary>Writes the matrix: <c>{"include":[{"index":…,"name":…,"entry":…,"platform":…,"runner":…}]}</c>.</summary>
    /// <param name="matrix">The jobs.</param>
    /// <param name="own">Labels of runners that are named for platforms.</param>
    /// <exception cref="ToolException">There are too many jobs, or no runner is known for a platform.</exception>
    public static string Write(JobMatrix matrix, IReadOnlyDictionary<string, string> own)
    {
        if (matrix.Jobs.Length > MostJobs)
        {
            throw new ToolException($"there are {matrix.Jobs.Length} jobs, and a matrix of GitHub Actions holds {MostJobs}. Name a folder, and use a matrix for each.");
        }

        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteStartArray("include");
            foreach ((int index, Job job) in matrix.Jobs.Index())
            {
                json.WriteStartObject();
                JobMatrixFile.WriteJob(json, index, job);
                json.WriteString("runner", own.GetValueOrDefault(job.Platform) ?? Runners.GetValueOrDefault(job.Platform) ?? throw new ToolException($"no runner of GitHub is known for {job.Platform}. Name yours: --runner {job.Platform}=label"));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }
}
