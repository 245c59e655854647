using System.Text.Json;
using System.Text.Json.Serialization;

namespace ReproGate.TestKit;

/// <summary>A fault put into a repository, and what must be said of it. Those of the healthy sample are read from <c>testassets/faults/*.json</c>.</summary>
public sealed record Fault
{
    /// <summary>The file's name without extension.</summary>
    [JsonIgnore]
    public string Key { get; init; } = "";

    /// <summary>The fault in the words of a person.</summary>
    public required string Name { get; init; }

    /// <summary>The rule that must catch it; empty for a near miss, which must pass.</summary>
    public string Rule { get; init; } = "";

    /// <summary>The place the finding must name.</summary>
    public FaultPlace? At { get; init; }

    /// <summary>What is changed, in order.</summary>
    public IReadOnlyList<FaultEdit> Edits { get; init; } = [];

    /// <summary>dotnet commands run after the edits and before the judged build, as an author without the gate would; their results do not matter.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Prepare { get; init; } = [];

    /// <summary>Whether the edits are committed, as a bad pull request is.</summary>
    public bool Commit { get; init; } = true;

    /// <summary>Further arguments of the judged <c>dotnet build</c>.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Environment variables of the judged build.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The code of the plain SDK's first error; empty where it lets the fault pass.</summary>
    public string Plain { get; init; } = "";

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
    };

    /// <summary>Reads every fault of a folder, ordered by file name.</summary>
    public static IReadOnlyList<Fault> ReadAll(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(static path =>
            (JsonSerializer.Deserialize<Fault>(File.ReadAllText(path), Options) ?? throw new JsonException($"{path} is empty")) with { Key = Path.GetFileNameWithoutExtension(path) }),
    ];
}

/// <summary>A place in a file.</summary>
/// <param name="File">Relative to the repository; or beginning with <c>{packages}</c>, <c>{home}</c> or <c>{feed}</c>.</param>
/// <param name="Find">Text of the line; absent where only the file matters.</param>
/// <param name="Below">How many lines below that one.</param>
public sealed record FaultPlace(string File, string? Find = null, int Below = 0);

/// <summary>One change. Exactly one of the actions is set.</summary>
public sealed record FaultEdit
{
    /// <summary>The file, as <see cref="FaultPlace.File"/>.</summary>
    public string File { get; init; } = "";

    /// <summary>Text to replace, which must occur …</summary>
    public string? Replace { get; init; }

    /// <summary>… and what stands there afterwards.</summary>
    public string With { get; init; } = "";

    /// <summary>The whole new content; <c>{packages}</c>, <c>{home}</c> and <c>{feed}</c> in it become the paths of these folders.</summary>
    public string? Write { get; init; }

    /// <summary>Text to add at the end.</summary>
    public string? Append { get; init; }

    /// <summary>True deletes the file.</summary>
    public bool Delete { get; init; }

    /// <summary>True takes the file out of git's index and leaves it on disk.</summary>
    public bool Untrack { get; init; }

    /// <summary>The name of an entry to add to the package (a zip) that the file is.</summary>
    public string? AddEntry { get; init; }

    /// <summary>The file it becomes a copy of.</summary>
    public string? CopyOf { get; init; }

    /// <summary>Where this file is moved to.</summary>
    public string? MoveTo { get; init; }

    /// <summary>True changes one byte in the middle of the file and leaves its length and time alone.</summary>
    public bool FlipByte { get; init; }
}
