using System.Collections.Immutable;
using System.Text.Json;
using ReproGate.Facts.Configuration;
using ReproGate.Facts.Configuration.Code;

namespace ReproGate.Linking.Configuration;

/// <summary>What a call of a well-known library reads by itself.</summary>
/// <param name="Library">Name of the library.</param>
/// <param name="TakesConfiguration">Whether its keys are below the configuration that it is handed; else below the root.</param>
/// <param name="NameArgument">Index of the argument that stands for <c>{0}</c> in keys.</param>
/// <param name="Keys">The keys.</param>
internal sealed record LibraryCall(string Library, bool TakesConfiguration, int NameArgument, ImmutableArray<ConfigurationRead> Keys);

/// <summary>The table of well-known libraries that read configuration: data, in <c>LibraryReaders.json</c>.</summary>
internal sealed class LibraryReaders
{
    private static readonly Lazy<LibraryReaders> Shared = new(Load);

    private readonly Dictionary<(string Type, string Method), LibraryCall> _calls = [];
    private readonly Dictionary<string, ImmutableArray<ConfigurationRead>> _options = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ImmutableArray<ConfigurationRead>> _hosts = new(StringComparer.Ordinal);
    private readonly HashSet<string> _harmless = new(StringComparer.Ordinal);

    private LibraryReaders()
    {
    }

    /// <summary>The table that comes with ReproGate.</summary>
    public static LibraryReaders Default => Shared.Value;

    /// <summary>What a call reads; null where nothing is known of it.</summary>
    public LibraryCall? OfCall(CodeMethodReference method) =>
        _calls.TryGetValue((method.TypeDefinition, method.Name), out LibraryCall? call) ? call : _calls.GetValueOrDefault((method.TypeDefinition, "*"));

    /// <summary>Keys of a library's options type; null where it is not known.</summary>
    public ImmutableArray<ConfigurationRead>? OfOptions(string type) => _options.TryGetValue(type, out ImmutableArray<ConfigurationRead> keys) ? keys : null;

    /// <summary>What a host reads by itself.</summary>
    public ImmutableArray<ConfigurationRead> OfHost(HostKind kind) => _hosts.TryGetValue(kind.ToString(), out ImmutableArray<ConfigurationRead> keys) ? keys : [];

    /// <summary>Whether a method may be handed the whole configuration without reading keys of its own.</summary>
    public bool IsHarmless(CodeMethodReference method) =>
        _harmless.Contains(method.TypeDefinition) || _harmless.Contains($"{method.TypeDefinition}.{method.Name}")
        // The base library has no idea of configuration: collections, delegates, tasks.
        || method.TypeDefinition.StartsWith("System.", StringComparison.Ordinal);

    private static LibraryReaders Load()
    {
        using Stream stream = typeof(LibraryReaders).Assembly.GetManifestResourceStream("ReproGate.LibraryReaders.json")!;
        using JsonDocument document = JsonDocument.Parse(stream, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        var readers = new LibraryReaders();
        foreach (JsonElement call in document.RootElement.GetProperty("calls").EnumerateArray())
        {
            string library = call.GetProperty("library").GetString()!;
            var known = new LibraryCall(
                library,
                call.TryGetProperty("takesConfiguration", out JsonElement takes) && takes.GetBoolean(),
                call.TryGetProperty("nameArgument", out JsonElement name) ? name.GetInt32() : 1,
                Keys(call.GetProperty("keys"), library));
            foreach (JsonElement type in call.GetProperty("types").EnumerateArray())
            {
                foreach (JsonElement method in call.GetProperty("methods").EnumerateArray())
                {
                    readers._calls[(type.GetString()!, method.GetString()!)] = known;
                }
            }
        }

        foreach (JsonProperty options in document.RootElement.GetProperty("options").EnumerateObject())
        {
            readers._options[options.Name] = Keys(options.Value, options.Name);
        }

        foreach (JsonProperty host in document.RootElement.GetProperty("hosts").EnumerateObject())
        {
            readers._hosts[host.Name] = Keys(host.Value, host.Name is "WebAssembly" ? "Microsoft.AspNetCore.Components.WebAssembly" : host.Name.StartsWith("Web", StringComparison.Ordinal) ? "Microsoft.AspNetCore" : "Microsoft.Extensions.Hosting");
        }

        foreach (JsonElement harmless in document.RootElement.GetProperty("harmless").EnumerateArray())
        {
            readers._harmless.Add(harmless.GetString()!);
        }

        return readers;
    }

    private static ImmutableArray<ConfigurationRead> Keys(JsonElement keys, string library)
    {
        var all = ImmutableArray.CreateBuilder<ConfigurationRead>();
        foreach (JsonElement element in keys.EnumerateArray())
        {
            bool isSection = element.TryGetProperty("section", out JsonElement section) && section.GetBoolean();
            bool isVariable = element.TryGetProperty("variable", out JsonElement variable) && variable.GetBoolean();
            all.Add(new ConfigurationRead(element.GetProperty("key").GetString()!, isVariable ? ReadKind.EnvironmentVariable : isSection ? ReadKind.Section : ReadKind.Value, null)
            {
                WholeSection = isSection,
                Type = element.TryGetProperty("type", out JsonElement type) ? Enum.Parse<ConfigurationValueType>(type.GetString()!) : isSection ? ConfigurationValueType.Object : ConfigurationValueType.String,
                Requirement = element.TryGetProperty("required", out JsonElement required) && required.GetBoolean() ? Requirement.Required : Requirement.Optional,
                AnyOf = element.TryGetProperty("anyOf", out JsonElement group) ? group.GetString()! : "",
                Origin = $"library:{library}",
            });
        }

        return all.DrainToImmutable();
    }
}
