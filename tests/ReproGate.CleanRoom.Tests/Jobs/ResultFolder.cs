using System.Text;
using System.Text.Json.Nodes;

namespace ReproGate.CleanRoom.Tests.Jobs;

/// <summary>A folder with results of jobs, as artifacts of a build service are unpacked.</summary>
internal sealed class ResultFolder : IDisposable
{
    public const string Commit = "2aae6c35c94fcfb415dbe95f408b9ce91ee846ed";

    public string Root { get; } = Directory.CreateTempSubdirectory("reprogate-test-").FullName;

    /// <summary>The text of a result that passed.</summary>
    public static JsonObject Result(string job, string entry) => new()
    {
        ["version"] = 1,
        ["tool"] = "ReproGate 1.0.0",
        ["repository"] = "shop",
        ["commit"] = Commit,
        ["modified"] = false,
        ["entry"] = entry,
        ["configuration"] = "Release",
        ["job"] = job,
        ["imagePlatform"] = "linux/amd64",
        ["whole"] = true,
        ["engine"] = "docker 29",
        ["weakerRoom"] = false,
        ["image"] = "sdk@sha256:00",
        ["started"] = "2026-01-01T00:00:00Z",
        ["seconds"] = 12.5,
        ["builds"] = 2,
        ["phases"] = new JsonArray(),
        ["packages"] = new JsonArray(),
        ["variations"] = new JsonArray(),
        ["comparison"] = new JsonObject { ["files"] = 7, ["bytes"] = 70, ["grades"] = new JsonObject(), ["differences"] = new JsonArray() },
        ["findings"] = new JsonArray(),
    };

    public static JsonObject Finding(string id, string file, int line, string severity = "error", string message = "It is so. Mend it.") =>
        new() { ["id"] = id, ["severity"] = severity, ["file"] = file, ["line"] = line, ["column"] = 1, ["message"] = message };

    /// <summary>Writes a result into a folder and returns the path of its file.</summary>
    public string Write(string folder, JsonObject result, string? outputs = null)
    {
        string file = WriteText(folder + "/cleanroom.json", result.ToJsonString());
        if (outputs is not null)
        {
            WriteText(folder + "/outputs.sha256", outputs);
        }

        return file;
    }

    public string WriteText(string path, string text)
    {
        string full = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        return full;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
