using System.Collections.Immutable;
using ReproGate.Facts.Configuration;

namespace ReproGate.Settings.Matrix;

/// <summary>The words of <c>reprogate.env.json</c>: types, networks, sources, cells, and the short form of a row.</summary>
public static class MatrixWords
{
    /// <summary>Kinds of sources, the word before the colon.</summary>
    public static readonly ImmutableArray<string> SourceKinds = ["appsettings", "aspire", "code", "commandLine", "compose", "dockerfile", "env", "external", "github", "helm", "k8s", "keyPerFile", "launchSettings", "userSecrets", "variables"];

    /// <summary>Kinds that mean nothing without a file or a name behind the colon when they are an app's source.</summary>
    private static readonly ImmutableArray<string> NeedFile = ["aspire", "compose", "dockerfile", "env", "external", "github", "helm", "k8s"];

    /// <summary>Kinds that a host adds by itself: they are words for cells, not an app's sources.</summary>
    private static readonly ImmutableArray<string> OfTheHost = ["code", "commandLine", "keyPerFile", "variables"];

    /// <summary>The network a word names; null for any other word.</summary>
    public static NetworkKind? Network(string word) => word switch { "host" => NetworkKind.Host, "compose" => NetworkKind.Compose, "k8s" => NetworkKind.Kubernetes, _ => null };

    /// <summary>The word for a network.</summary>
    public static string Of(NetworkKind network) => network switch { NetworkKind.Compose => "compose", NetworkKind.Kubernetes => "k8s", _ => "host" };

    /// <summary>Reads an app's source (<c>compose:compose.yaml,compose.prod.yaml#api</c>).</summary>
    /// <param name="text">As it is written.</param>
    /// <param name="location">Its place.</param>
    /// <param name="problem">What was expected instead; empty where it is well-formed.</param>
    public static MatrixSource? Source(string text, SourceLocation location, out string problem)
    {
        problem = "";
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string kind = colon < 0 ? text : text[..colon];
        string rest = colon < 0 ? "" : text[(colon + 1)..];
        if (!SourceKinds.Contains(kind) || OfTheHost.Contains(kind))
        {
            problem = $"expected a source ({string.Join(", ", SourceKinds.Except(OfTheHost))}, with what it needs behind a colon)";
            return null;
        }

        int hash = rest.IndexOf('#', StringComparison.Ordinal);
        string target = hash < 0 ? "" : rest[(hash + 1)..];
        ImmutableArray<string> files = [.. (hash < 0 ? rest : rest[..hash]).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(static file => file.Replace('\\', '/'))];
        if (files.IsEmpty && NeedFile.Contains(kind))
        {
            problem = kind == "external" ? "expected a name: \"external:vault\"" : $"expected a file: \"{kind}:{Example(kind)}\"";
        }
        else if (target.Length == 0 && kind is "compose" or "k8s" or "github" && hash < 0)
        {
            problem = $"expected what in it is meant: \"{kind}:{Example(kind)}\"";
        }
        else if (kind != "external" && files.Any(static file => file.StartsWith('/') || file.Contains(':', StringComparison.Ordinal) || file.Split('/').Contains("..")))
        {
            problem = "expected a path inside the repository, relative to its root";
        }

        return problem.Length > 0 ? null : new MatrixSource(kind, files, target, location);
    }

    /// <summary>Reads a cell.</summary>
    /// <param name="text">As it is written.</param>
    /// <param name="location">Its place.</param>
    /// <returns>Null where it is none of the words; it may then be a value, so it must not be shown.</returns>
    public static MatrixCell? Cell(string text, SourceLocation location)
    {
        string kind = text.Split(':')[0];
        return text switch
        {
            "any" => new MatrixCell(Presence.Required, "any", location),
            "?" => new MatrixCell(Presence.Optional, "any", location),
            "-" => new MatrixCell(Presence.Forbidden, "any", location),
            _ when !SourceKinds.Contains(kind) => null,
            // A source without its file is enough here; with one it must be whole.
            _ when text == kind => kind is "external" ? null : new MatrixCell(Presence.Required, text, location),
            _ => Source(text, location, out _) is null ? null : new MatrixCell(Presence.Required, text, location),
        };
    }

    /// <summary>Reads the short form of a row: <c>secret url?</c>.</summary>
    /// <param name="text">As it is written.</param>
    /// <param name="key">The row to fill.</param>
    /// <param name="isOptional">Whether it is optional everywhere.</param>
    /// <returns>Null where a word is not known; it may be a value, so it must not be shown.</returns>
    public static MatrixKey? Short(string text, MatrixKey key, out bool isOptional)
    {
        isOptional = false;
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0 || words.Distinct(StringComparer.Ordinal).Count() != words.Length)
        {
            return null;
        }

        foreach (string raw in words)
        {
            string word = raw;
            if (word.EndsWith('?'))
            {
                isOptional = true;
                word = word[..^1];
            }

            if (word is "secret")
            {
                key = key with { Secret = true };
            }
            else if (word is "public")
            {
                key = key with { Public = true };
            }
            else if (word is "build")
            {
                key = key with { BuildPhase = true };
            }
            else if (key.Type is null && TypeOf(word) is { } type)
            {
                key = key with { Type = type.Type, EnumMembers = type.Members };
            }
            else
            {
                return null;
            }
        }

        return key;
    }

    /// <summary>Reads a type, for an enumeration with its members: <c>enum(Fast|Safe)</c>; null where it is none.</summary>
    public static (ConfigurationValueType Type, ImmutableArray<string> Members)? TypeOf(string word)
    {
        if (word.StartsWith("enum(", StringComparison.Ordinal) && word.EndsWith(')'))
        {
            ImmutableArray<string> members = [.. word[5..^1].Split('|', StringSplitOptions.TrimEntries)];
            return members.All(static member => member.Length > 0 && member.All(static letter => char.IsLetterOrDigit(letter) || letter is '_')) ? (ConfigurationValueType.Enum, members) : null;
        }

        return MatrixText.Type(word) is { } type ? (type, []) : null;
    }

    private static string Example(string kind) => kind switch
    {
        "compose" => "compose.yaml#service",
        "k8s" => "deploy/prod#Deployment/name",
        "github" => ".github/workflows/ci.yml#job",
        "aspire" => "src/AppHost/AppHost.csproj#resource",
        "helm" => "deploy/values.yaml",
        "dockerfile" => "src/Api/Dockerfile",
        _ => ".env",
    };
}
