using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ReproGate.CleanRoom.Reports;
using ReproGate.Reports;

namespace ReproGate.CleanRoom.Jobs;

/// <summary>Reads what a job left: <c>cleanroom.json</c>, and beside it the list of outputs and the SARIF file with what findings carry besides. It may come from anywhere.</summary>
public static partial class JobResultReader
{
    private const int MostFindings = 20_000;
    private const int MostOutputs = 500_000;

    /// <summary>Reads a result.</summary>
    /// <param name="file">Path of <c>cleanroom.json</c>.</param>
    /// <exception cref="InvalidDataException">It, or a file beside it, is none of ours, not whole, too long, or names a path that leads outside. The message is one clause.</exception>
    public static JobResult Read(string file)
    {
        byte[] content = BoundedJson.ReadFile(file);
        string folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        JobResult result = Read(content, Path.GetFullPath(file)) with { Hash = Convert.ToHexStringLower(SHA256.HashData(content)) };
        ILookup<(string, int, int, string, string), ReportedFinding> known = ReadSarif(Path.Combine(folder, "reprogate.sarif")).ToLookup(Key);
        return result with
        {
            Outputs = ReadOutputs(Path.Combine(folder, "outputs.sha256")),
            Findings = [.. result.Findings.Select(finding => known[Key(finding)].FirstOrDefault() ?? finding)],
        };
    }

    /// <summary>Reads the text of a <c>cleanroom.json</c>.</summary>
    /// <inheritdoc cref="Read(string)" path="/exception" />
    internal static JobResult Read(ReadOnlyMemory<byte> json, string file) => BoundedJson.Read(json, CleanRoomJson.Version, root =>
    {
        string entry = root.Text("entry"), platform = root.Text("platform"), context = root.Text("context"), named = root.Text("job");
        if (!Job.IsEntry(entry))
        {
            throw new InvalidDataException($"its entry {JobMatrixFile.Shown(entry)} is no path below a repository's root");
        }

        if ((platform.Length > 0 && !Job.IsPlatform(platform)) || (context.Length > 0 && !Job.IsContext(context)) || (named.Length > 0 && !Job.IsName(named)))
        {
            throw new InvalidDataException("its job, platform or context is no name of such a thing");
        }

        string name = named.Length > 0 ? named : Job.NameOf(entry, platform, "");
        JsonElement findings = root.GetProperty("findings"), comparison = root.GetProperty("comparison");
        if (findings.GetArrayLength() > MostFindings)
        {
            throw new InvalidDataException($"it holds {findings.GetArrayLength()} findings, more than the {MostFindings} that are read");
        }

        bool compared = comparison.ValueKind == JsonValueKind.Object;
        return new JobResult(new Job(name, entry) { Platform = platform }, file)
        {
            Repository = root.Text("repository"),
            Commit = root.Text("commit"),
            IsModified = root.GetProperty("modified").GetBoolean(),
            Configuration = root.Text("configuration"),
            Engine = root.Text("engine"),
            IsWeakerRoom = root.GetProperty("weakerRoom").GetBoolean(),
            Context = context,
            Image = root.Text("image"),
            ImagePlatform = root.Text("imagePlatform"),
            IsWhole = root.GetProperty("whole").GetBoolean(),
            Obstacle = root.Text("obstacle"),
            Elapsed = TimeSpan.FromSeconds(Math.Clamp(root.GetProperty("seconds").GetDouble(), 0, 1e7)),
            Builds = root.GetProperty("builds").GetInt32(),
            Compared = compared ? comparison.GetProperty("files").GetInt32() : null,
            Differing = compared ? [.. comparison.GetProperty("differences").EnumerateArray().Select(static difference => difference.Text("path"))] : [],
            Findings = [.. findings.EnumerateArray().Select(Finding).Where(static finding => finding.Level != Severity.None)],
        };
    });

    /// <summary>Reads a list of outputs as <see cref="Comparison.OutputManifest.ToText"/> writes it; null where there is none.</summary>
    /// <exception cref="InvalidDataException">It is none, too long, or names a path that leads outside.</exception>
    internal static ImmutableSortedDictionary<string, string>? ReadOutputs(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var outputs = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (string line in Encoding.UTF8.GetString(BoundedJson.ReadFile(path)).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Match match = Output().Match(line);
            string name = match.Groups["name"].Value;
            if (match.Groups["escaped"].Length > 0)
            {
                name = Escape().Replace(name, static escape => escape.Value switch { "\\n" => "\n", "\\r" => "\r", _ => "\\" });
            }

            if (!match.Success || name.StartsWith('/') || name.Split('/').Contains("..", StringComparer.Ordinal))
            {
                throw new InvalidDataException($"the line {JobMatrixFile.Shown(line)} of outputs.sha256 beside it is no output's hash and a path below the root");
            }

            outputs[name] = match.Groups["hash"].Value;
            if (outputs.Count > MostOutputs)
            {
                throw new InvalidDataException($"outputs.sha256 beside it names more than {MostOutputs} outputs");
            }
        }

        return outputs.ToImmutable();
    }

    private static ReportedFinding Finding(JsonElement element)
    {
        string id = element.Text("id"), file = element.Text("file").Replace('\\', '/');
        if (!RuleId().IsMatch(id))
        {
            throw new InvalidDataException($"{JobMatrixFile.Shown(id)} is no rule's id");
        }

        Severity severity = element.Text("severity") switch
        {
            "error" => Severity.Error,
            "warning" => Severity.Warning,
            "info" => Severity.Info,
            "none" => Severity.None,
            _ => throw new InvalidDataException($"the severity of a finding of {id} is none of error, warning, info and none"),
        };
        // What lies elsewhere on that machine, an SDK's file say, is nothing to open here.
        bool inside = Job.IsEntry(file);
        return new ReportedFinding(id, severity, inside ? file : file[(file.LastIndexOf('/') + 1)..], element.GetProperty("line").GetInt32(), element.GetProperty("column").GetInt32(), element.Text("message")) { InRepository = inside };
    }

    // What happened, why and what to do apart, and the edits. A damaged one takes nothing from the result itself.
    private static ImmutableArray<ReportedFinding> ReadSarif(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        try
        {
            return [.. SarifReader.Read(BoundedJson.ReadFile(path)).Where(static finding => !finding.Suppressed && (!finding.InRepository || Job.IsEntry(finding.File)) && finding.Edits.All(static edit => Job.IsEntry(edit.File)))];
        }
        catch (Exception exception) when (exception is JsonException or InvalidDataException)
        {
            throw new InvalidDataException($"reprogate.sarif beside it cannot be read: {exception.Message.TrimEnd('.')}", exception);
        }
    }

    private static (string, int, int, string, string) Key(ReportedFinding finding) => (finding.RuleId, finding.Line, finding.Column, finding.File[(finding.File.LastIndexOf('/') + 1)..], finding.Message);

    [GeneratedRegex("^RGATE[0-9]{4}$")]
    private static partial Regex RuleId();

    [GeneratedRegex(@"^(?<escaped>\\?)(?<hash>[0-9a-f]{64})  (?<name>.+)$", RegexOptions.Singleline)]
    private static partial Regex Output();

    [GeneratedRegex(@"\\[nr\\]")]
    private static partial Regex Escape();
}
