using System.Collections.Immutable;
using System.Text.Json;
using NuGet.Versioning;
using ReproGate.Facts;

namespace ReproGate.NuGet.Assets;

/// <summary>
/// Reads <c>project.assets.json</c> (formats 3 and 4). An own reader, because NuGet.ProjectModel loads half of NuGet into the
/// build node; this one needs System.Text.Json and NuGet.Versioning.
/// </summary>
public static class AssetsReader
{
    private const long MaximumBytes = 256L << 20;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 32 };

    private static readonly string[] FileGroups = ["compile", "runtime", "native", "resource", "runtimeTargets", "contentFiles", "build", "buildMultiTargeting", "buildTransitive", "tools", "embed"];

    /// <summary>Reads the file.</summary>
    /// <exception cref="AssetsException">It is absent, malformed, half-written or of an unknown format.</exception>
    public static RestoredAssets Read(string path)
    {
        byte[] content;
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
            {
                throw new AssetsException($"{path} does not exist");
            }

            if (file.Length > MaximumBytes)
            {
                throw new AssetsException($"{path} is larger than 256 MB");
            }

            content = File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new AssetsException($"{path} cannot be read: {exception.Message}", exception);
        }

        return Parse(path, content);
    }

    /// <summary>Reads the file's content.</summary>
    /// <param name="path">Its absolute path, for messages.</param>
    /// <param name="content">UTF-8, with or without byte order mark.</param>
    /// <exception cref="AssetsException">Malformed, half-written or of an unknown format.</exception>
    public static RestoredAssets Parse(string path, ReadOnlyMemory<byte> content)
    {
        if (content.Span.StartsWith("\uFEFF"u8))
        {
            content = content[3..];
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(content, Options);
            return Read(path, document.RootElement);
        }
        catch (JsonException exception)
        {
            throw new AssetsException($"{path} is not complete JSON (line {exception.LineNumber + 1})", exception);
        }
        catch (InvalidOperationException exception)
        {
            // JsonElement's way of saying that a value is of another kind, or a string is not valid UTF-8 or UTF-16.
            throw new AssetsException($"{path} is not a project.assets.json: a value has another kind than expected", exception);
        }
    }

    private static RestoredAssets Read(string path, JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("version", out JsonElement version) || !version.TryGetInt32(out int number))
        {
            throw new AssetsException($"{path} is not a project.assets.json: it has no version");
        }

        if (number is < 2 or > 4)
        {
            throw new AssetsException($"{path} has format {number}, and this version of ReproGate reads 2 to 4");
        }

        ImmutableDictionary<string, RestoredPackage> packages = ReadPackages(path, root);
        _ = root.TryGetProperty("project", out JsonElement project);
        bool pinned = project.ValueKind == JsonValueKind.Object && project.TryGetProperty("restore", out JsonElement restore) && True(restore, "CentralPackageTransitivePinningEnabled");
        return new RestoredAssets
        {
            Path = path,
            PackageFolders = [.. Members(root, "packageFolders").Select(static folder => folder.Name)],
            Targets = [.. Members(root, "targets").Select(target => ReadTarget(target, packages))],
            Packages = packages,
            PinsTransitively = pinned,
            Frameworks = project.ValueKind == JsonValueKind.Undefined ? [] : ReadFrameworks(project, pinned),
        };
    }

    private static ImmutableDictionary<string, RestoredPackage> ReadPackages(string path, JsonElement root)
    {
        var packages = ImmutableDictionary.CreateBuilder<string, RestoredPackage>(StringComparer.OrdinalIgnoreCase);
        foreach (JsonProperty library in Members(root, "libraries"))
        {
            if (Text(library.Value, "type") != "package")
            {
                continue;
            }

            (string id, string version) = Split(library.Name);
            string folder = Text(library.Value, "path");
            if (folder.Length == 0)
            {
                folder = $"{id}/{version}".ToLowerInvariant();
            }

            packages[library.Name] = new RestoredPackage(id, version, Relative(path, folder), Text(library.Value, "sha512"), Files(path, library.Value));
        }

        return packages.ToImmutable();
    }

    private static ImmutableArray<string> Files(string path, JsonElement library) =>
        library.TryGetProperty("files", out JsonElement files)
            ? [.. files.EnumerateArray().Select(file => Relative(path, file.GetString() ?? ""))]
            : [];

    private static RestoredTarget ReadTarget(JsonProperty target, ImmutableDictionary<string, RestoredPackage> packages)
    {
        int slash = target.Name.LastIndexOf('/');
        (string framework, string runtime) = slash < 0 ? (target.Name, "") : (target.Name[..slash], target.Name[(slash + 1)..]);
        var libraries = ImmutableArray.CreateBuilder<RestoredLibrary>();
        foreach (JsonProperty library in target.Value.EnumerateObject())
        {
            (string id, string version) = Split(library.Name);
            libraries.Add(new RestoredLibrary(
                id,
                version,
                Text(library.Value, "type") == "package",
                [.. Members(library.Value, "dependencies").Select(static dependency => Request(dependency.Name, dependency.Value.GetString() ?? ""))],
                [.. FileGroups.SelectMany(group => Members(library.Value, group)).Select(static file => file.Name).Where(static file => !file.EndsWith("_._", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal)])
            {
                CompileOnly = packages.TryGetValue(library.Name, out RestoredPackage? package)
                    && CompileOnlyAssets.Are(Members(library.Value, "compile").Select(static file => file.Name), [.. Members(library.Value, "runtime").Select(static file => file.Name)], package.Files),
            });
        }

        return new RestoredTarget(framework, runtime, libraries.ToImmutable());
    }

    private static ImmutableArray<RestoredFramework> ReadFrameworks(JsonElement project, bool pinned)
    {
        var frameworks = ImmutableArray.CreateBuilder<RestoredFramework>();
        foreach (JsonProperty framework in Members(project, "frameworks"))
        {
            string alias = Text(framework.Value, "targetAlias");
            string name = Text(framework.Value, "framework");
            frameworks.Add(new RestoredFramework(
                alias.Length > 0 ? alias : framework.Name,
                name.Length > 0 ? name : framework.Name,
                [.. Members(framework.Value, "dependencies").Where(static dependency => Text(dependency.Value, "target") is "Package" or "").Select(static dependency => Request(dependency.Name, Text(dependency.Value, "version")))],
                pinned ? [.. Members(framework.Value, "centralPackageVersions").Select(static central => Request(central.Name, central.Value.GetString() ?? ""))] : [],
                framework.Value.TryGetProperty("downloadDependencies", out JsonElement downloads) ? [.. downloads.EnumerateArray().SelectMany(Downloads)] : [])
            {
                CentralVersions = VersionsById.Of(Members(framework.Value, "centralPackageVersions").Select(static central => (central.Name, central.Value.GetString() ?? ""))),
            });
        }

        return frameworks.ToImmutable();
    }

    /// <summary>A download names one exact version per range: <c>[8.0.1, 8.0.1]</c>, several separated by semicolons.</summary>
    private static IEnumerable<RestoredDownload> Downloads(JsonElement download)
    {
        string id = Text(download, "name");
        foreach (string text in Text(download, "version").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (id.Length > 0 && VersionRange.TryParse(text, out VersionRange? range) && range.MinVersion is { } version)
            {
                yield return new RestoredDownload(id, version.ToNormalizedString());
            }
        }
    }

    private static RestoredRequest Request(string id, string text) =>
        VersionRange.TryParse(text, out VersionRange? range)
            ? new RestoredRequest(id, text, range.HasLowerBound ? range.MinVersion!.ToNormalizedString() : "", range.IsMinInclusive, range.IsFloating)
            // A range NuGet itself writes but that does not parse says nothing; it then allows everything.
            : new RestoredRequest(id, text, "", false, Floats: true);

    private static (string Id, string Version) Split(string name)
    {
        int slash = name.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? (name, "") : (name[..slash], name[(slash + 1)..]);
    }

    /// <summary>A path of the file must stay below the folder it is relative to: a crafted file must not point the build elsewhere.</summary>
    private static string Relative(string path, string value)
    {
        bool escapes = value.Length == 0 || Path.IsPathRooted(value) || value.Contains('\0', StringComparison.Ordinal) || value.Contains(':', StringComparison.Ordinal) && OperatingSystem.IsWindows();
        if (!escapes && value.Contains("..", StringComparison.Ordinal))
        {
            escapes = value.Split('/', '\\').Contains("..");
        }

        return escapes ? throw new AssetsException($"{path} names a file outside its package: '{value}'") : value;
    }

    private static string Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static bool True(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value)
        && (value.ValueKind == JsonValueKind.True || value.ValueKind == JsonValueKind.String && value.ValueEquals("true"u8));

    private static IEnumerable<JsonProperty> Members(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) ? value.EnumerateObject() : [];
}

/// <summary>A <c>project.assets.json</c> that cannot be read; the message says which and why, without full stop.</summary>
public sealed class AssetsException : Exception
{
    /// <summary>Creates the exception.</summary>
    public AssetsException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    public AssetsException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
