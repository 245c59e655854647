using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ReproGate.TestKit;
using YamlDotNet.Serialization;

namespace ReproGate.Corpus;

/// <summary>The catalogue of mutations, read from <c>testassets/corpus/*.yaml</c>.</summary>
/// <param name="Places">What a mutation may be put into, by name.</param>
/// <param name="Mutations">Every mutation, each variant by itself.</param>
/// <param name="Unseeded">Rules without a mutation, each with the reason.</param>
public sealed record Catalogue(IReadOnlyDictionary<string, Place> Places, IReadOnlyList<Mutation> Mutations, IReadOnlyDictionary<string, string> Unseeded)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter<Stage>(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Reads every file of a folder.</summary>
    /// <exception cref="JsonException">A file is not as it should be; the message says which and where.</exception>
    public static Catalogue Read(string folder)
    {
        var places = new Dictionary<string, Place>(StringComparer.Ordinal);
        var unseeded = new Dictionary<string, string>(StringComparer.Ordinal);
        var mutations = new List<Mutation>();
        foreach (string path in Directory.EnumerateFiles(folder, "*.yaml").Order(StringComparer.Ordinal))
        {
            CatalogueFile file;
            try
            {
                file = Of(path);
            }
            catch (Exception exception) when (exception is JsonException or YamlDotNet.Core.YamlException)
            {
                throw new JsonException($"{path}: {exception.Message}", exception);
            }

            foreach ((string name, Place place) in file.Places)
            {
                places.Add(name, place);
            }

            foreach ((string rule, string reason) in file.Unseeded)
            {
                unseeded.Add(rule, reason);
            }

            mutations.AddRange(file.Mutations.SelectMany(static mutation => mutation.Variants()));
        }

        return new Catalogue(places, mutations, unseeded);
    }

    // By JSON, so that one reader knows the records; YAML, because most edits are texts of several lines.
    private static CatalogueFile Of(string path)
    {
        using var reader = new StreamReader(path);
        object? graph = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build().Deserialize(reader);
        string json = new SerializerBuilder().JsonCompatible().Build().Serialize(graph ?? new Dictionary<string, object>());
        return JsonNode.Parse(json).Deserialize<CatalogueFile>(Options) ?? throw new JsonException("it is empty");
    }

    private sealed record CatalogueFile
    {
        public IReadOnlyDictionary<string, Place> Places { get; init; } = new Dictionary<string, Place>();

        public IReadOnlyDictionary<string, string> Unseeded { get; init; } = new Dictionary<string, string>();

        public IReadOnlyList<Mutation> Mutations { get; init; } = [];
    }
}

/// <summary>What a repository must have for a mutation: files with texts in them.</summary>
public sealed record Place
{
    /// <summary>The files, in order; a later one may use what an earlier one captured.</summary>
    public IReadOnlyList<Need> Needs { get; init; } = [];

    /// <summary>Whether several mutations may be put into one place at a time: their words differ.</summary>
    public bool Shared { get; init; }
}

/// <summary>A file that must be there.</summary>
/// <param name="File">Its path, with <c>*</c> for any characters.</param>
/// <param name="Find">A regular expression that must match; named groups become variables. Empty: the file is enough.</param>
public sealed record Need(string File, string Find = "");

/// <summary>When the gate judges a mutation, and so which mutations can be built together.</summary>
public enum Stage
{
    /// <summary>After restore, in one build with others; the author wrote the lock files anew.</summary>
    Built,

    /// <summary>Before restore, in one build with others; restore itself may fail.</summary>
    Declared,

    /// <summary>By itself, because it changes what every project sees.</summary>
    Alone,
}

/// <summary>A fault that can be put into any repository that has the place, and its near miss.</summary>
public sealed record Mutation
{
    /// <summary>Its name in the catalogue; of a variant with the variant's name behind it.</summary>
    public required string Key { get; init; }

    /// <summary>The failure class: environment, dependency, phase (build time against run time), infrastructure, determinism.</summary>
    public required string Class { get; init; }

    /// <summary>The name of the place it needs.</summary>
    public required string Place { get; init; }

    /// <summary>When the fault is judged.</summary>
    public Stage Stage { get; init; }

    /// <summary>When the near miss is judged; absent: as the fault.</summary>
    public Stage? NearStage { get; init; }

    /// <summary>Whether <c>reprogate fix</c> has to mend it.</summary>
    public bool Fix { get; init; }

    /// <summary>The fault.</summary>
    public required Fault Fault { get; init; }

    /// <summary>What looks like it and must pass; its rule is empty.</summary>
    public required Fault Near { get; init; }

    /// <summary>Variants: further variables for the texts, and under <c>as</c> the variant's name.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, string>> With { get; init; } = [];

    /// <summary>What the variant adds to the variables of the place.</summary>
    public IReadOnlyDictionary<string, string> Words { get; private init; } = new Dictionary<string, string>();

    /// <summary>Another one where the text of the mutation is another: what was judged is known by it.</summary>
    [JsonIgnore]
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(this))).AsSpan(0, 6));

    /// <summary>One mutation for each variant, or this one.</summary>
    public IEnumerable<Mutation> Variants() => With.Count == 0 ? [this] : With.Select(words => this with
    {
        Key = $"{Key}-{words["as"]}",
        Words = words,
        With = [],
        Fault = Texts.Expand(Fault, words),
        Near = Texts.Expand(Near, words),
    });
}
