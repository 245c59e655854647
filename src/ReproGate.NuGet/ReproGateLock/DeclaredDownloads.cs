using System.Collections.Immutable;
using System.Text.Json;
using System.Xml;
using NuGet.Versioning;
using ReproGate.Facts;

namespace ReproGate.NuGet.ReproGateLock;

/// <summary>
/// Finds the MSBuild SDKs and tools a repository declares, from its files alone: <c>Sdk</c> attributes and elements of project
/// XML (versions from global.json where they have none) and .NET tool manifests. What an expression chooses
/// (<c>Sdk="$(Name)"</c>) cannot be known and is left out.
/// </summary>
public static class DeclaredDownloads
{
    private const long MaximumBytes = 16 << 20;
    private const int MaximumFiles = 200;

    /// <summary>The SDKs that files of project XML name with a version, those they import by a literal path included.</summary>
    /// <param name="files">Absolute paths; absent and malformed ones declare nothing (MSBuild has its own words for them).</param>
    /// <param name="repositoryRoot">Imports outside it are not followed.</param>
    public static ImmutableArray<DeclaredDownload> Sdks(IEnumerable<string> files, string repositoryRoot)
    {
        var found = ImmutableArray.CreateBuilder<DeclaredDownload>();
        var queue = new Queue<string>(files);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var globals = new Dictionary<string, IReadOnlyDictionary<string, (string Version, SourceLocation Location)>>(StringComparer.Ordinal);
        while (queue.TryDequeue(out string? file) && seen.Count < MaximumFiles)
        {
            if (!seen.Add(file) || !IsReadable(file))
            {
                continue;
            }

            List<(string Name, string Version, SourceLocation Location)> named = [];
            List<string> imports = [];
            ReadProject(file, named, imports);
            foreach ((string name, string version, SourceLocation location) in named)
            {
                (string text, SourceLocation at) = (version, location);
                if (text.Length == 0 && GlobalJsonAbove(file, repositoryRoot) is { } globalJson)
                {
                    if (!globals.TryGetValue(globalJson, out IReadOnlyDictionary<string, (string Version, SourceLocation Location)>? versions))
                    {
                        globals[globalJson] = versions = ReadGlobalJson(globalJson);
                    }

                    if (versions.TryGetValue(name, out (string Version, SourceLocation Location) entry))
                    {
                        (text, at) = entry;
                    }
                }

                if (NuGetVersion.TryParse(text, out NuGetVersion? parsed))
                {
                    found.Add(new DeclaredDownload(DownloadKind.Sdk, name, parsed.ToNormalizedString(), at));
                }
            }

            foreach (string import in imports)
            {
                if (import.StartsWith(repositoryRoot, StringComparison.Ordinal))
                {
                    queue.Enqueue(import);
                }
            }
        }

        return [.. found.DistinctBy(static sdk => sdk.Name, StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>The tools of a manifest (<c>dotnet-tools.json</c>).</summary>
    /// <param name="manifest">Its absolute path; an absent one declares nothing.</param>
    /// <param name="problem">Why it could not be read; null where it was.</param>
    public static ImmutableArray<DeclaredDownload> Tools(string manifest, out string? problem)
    {
        problem = null;
        var tools = ImmutableArray.CreateBuilder<DeclaredDownload>();
        try
        {
            if (!IsReadable(manifest))
            {
                return [];
            }

            byte[] content = File.ReadAllBytes(manifest);
            var reader = new Utf8JsonReader(WithoutMark(content), new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 16 });
            string section = "", id = "";
            int line = 0;
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName)
                {
                    continue;
                }

                string name = reader.GetString()!;
                switch (reader.CurrentDepth)
                {
                    case 1:
                        section = name;
                        break;
                    case 2 when section == "tools":
                        id = name;
                        line = LineAt(content, (int)reader.TokenStartIndex);
                        break;
                    case 3 when section == "tools" && name == "version" && reader.Read() && reader.TokenType == JsonTokenType.String:
                        // A version that floats is RGATE1007.
                        if (NuGetVersion.TryParse(reader.GetString(), out NuGetVersion? version))
                        {
                            tools.Add(new DeclaredDownload(DownloadKind.Tool, id, version.ToNormalizedString(), new SourceLocation(manifest, line)));
                        }

                        break;
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            problem = exception.Message;
        }

        return tools.ToImmutable();
    }

    private static void ReadProject(string file, List<(string Name, string Version, SourceLocation Location)> named, List<string> imports)
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = MaximumBytes, CloseInput = true };
        try
        {
            using var reader = XmlReader.Create(File.OpenRead(file), settings);
            var position = (IXmlLineInfo)reader;
            while (reader.Read())
            {
                if (reader.NodeType != XmlNodeType.Element)
                {
                    continue;
                }

                var location = new SourceLocation(file, position.LineNumber, position.LinePosition - 1);
                string? sdk = reader.GetAttribute("Sdk");
                switch (reader.LocalName)
                {
                    case "Project" when reader.Depth == 0 && sdk is not null:
                        foreach (string part in sdk.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                        {
                            string[] pair = part.Split('/', 2);
                            Add(pair[0], pair.Length > 1 ? pair[1] : "", location);
                        }

                        break;
                    case "Sdk" when reader.GetAttribute("Name") is { } name:
                        Add(name, reader.GetAttribute("Version") ?? "", location);
                        break;
                    case "Import" when sdk is not null:
                        string[] import = sdk.Split('/', 2);
                        Add(import[0], reader.GetAttribute("Version") ?? (import.Length > 1 ? import[1] : ""), location);
                        break;
                    case "Import" when reader.GetAttribute("Project") is { } project:
                        string path = project.Replace("$(MSBuildThisFileDirectory)", "", StringComparison.OrdinalIgnoreCase);
                        if (!path.Contains("$(", StringComparison.Ordinal) && !path.Contains('*', StringComparison.Ordinal) && !path.Contains('\0', StringComparison.Ordinal))
                        {
                            imports.Add(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, path.Replace('\\', Path.DirectorySeparatorChar))));
                        }

                        break;
                }
            }
        }
        catch (Exception exception) when (exception is XmlException or IOException or UnauthorizedAccessException)
        {
            // MSBuild itself reports a project file it cannot read; what was read before the fault still counts.
        }

        void Add(string name, string version, SourceLocation location)
        {
            if (name.Length > 0 && !name.Contains('$', StringComparison.Ordinal))
            {
                named.Add((name.Trim(), version.Trim(), location));
            }
        }
    }

    private static IReadOnlyDictionary<string, (string Version, SourceLocation Location)> ReadGlobalJson(string path)
    {
        var versions = new Dictionary<string, (string Version, SourceLocation Location)>(StringComparer.OrdinalIgnoreCase);
        try
        {
            if (!IsReadable(path))
            {
                return versions;
            }

            byte[] content = File.ReadAllBytes(path);
            var reader = new Utf8JsonReader(WithoutMark(content), new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 16 });
            string section = "";
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName)
                {
                    continue;
                }

                string name = reader.GetString()!;
                if (reader.CurrentDepth == 1)
                {
                    section = name;
                }
                else if (reader.CurrentDepth == 2 && section == "msbuild-sdks")
                {
                    int line = LineAt(content, (int)reader.TokenStartIndex);
                    if (reader.Read() && reader.TokenType == JsonTokenType.String)
                    {
                        versions[name] = (reader.GetString()!, new SourceLocation(path, line));
                    }
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            // The SDK resolver stops the build itself at a global.json it cannot read.
        }

        return versions;
    }

    private static string? GlobalJsonAbove(string file, string repositoryRoot)
    {
        for (string? directory = Path.GetDirectoryName(file); directory is not null; directory = Path.GetDirectoryName(directory))
        {
            string candidate = Path.Combine(directory, "global.json");
            if (File.Exists(candidate))
            {
                return candidate;
            }

            if (directory.Length < repositoryRoot.Length)
            {
                break;
            }
        }

        return null;
    }

    private static bool IsReadable(string path) => new FileInfo(path) is { Exists: true, Length: < MaximumBytes };

    private static ReadOnlySpan<byte> WithoutMark(byte[] content) => content.AsSpan().StartsWith("\uFEFF"u8) ? content.AsSpan(3) : content;

    private static int LineAt(byte[] content, int offset) => content.AsSpan(0, Math.Min(offset, content.Length)).Count((byte)'\n') + 1;
}
