using System.Text.Json;

namespace ReproGate.NuGet.Packages;

/// <summary>Where extracted packages lie on this machine.</summary>
public static class PackageFolders
{
    /// <summary>
    /// The folder of an extracted package: the first of the package folders that holds it; null where none does.
    /// A folder without NuGet's completion marker is one whose extraction did not finish, and NuGet does not use it.
    /// </summary>
    /// <param name="folders">Absolute paths in search order.</param>
    /// <param name="id">The package's id.</param>
    /// <param name="version">Its normalised version.</param>
    public static string? Find(IEnumerable<string> folders, string id, string version)
    {
        string name = id.ToLowerInvariant(), number = version.ToLowerInvariant();
        foreach (string folder in folders)
        {
            string candidate = Path.Combine(folder, name, number);
            if (File.Exists(Path.Combine(candidate, ".nupkg.metadata")) || File.Exists(Path.Combine(candidate, $"{name}.{number}.nupkg.sha512")))
            {
                return candidate;
            }
        }

        return null;
    }

    /// <summary>Whether a package is a .NET tool, as an extracted version of it says; null where this machine has none.</summary>
    /// <param name="folders">Absolute paths in search order.</param>
    /// <param name="id">The package's id.</param>
    public static bool? IsTool(IEnumerable<string> folders, string id)
    {
        const int mostVersions = 20;
        bool? answer = null;
        // A name of this kind could lead out of the folder.
        if (id is "" or "." or ".." || id.AsSpan().IndexOfAny('/', '\\', '\0') >= 0)
        {
            return null;
        }

        foreach (string folder in folders)
        {
            string package = Path.Combine(folder, id.ToLowerInvariant());
            try
            {
                foreach (string version in Directory.Exists(package) ? Directory.EnumerateDirectories(package).Take(mostVersions) : [])
                {
                    string tools = Path.Combine(version, "tools");
                    // tools/<framework>/<runtime>/DotnetToolSettings.xml
                    if (Directory.Exists(tools) && Directory.EnumerateFiles(tools, "DotnetToolSettings.xml", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2, MatchCasing = MatchCasing.CaseInsensitive }).Any())
                    {
                        return true;
                    }

                    answer = false;
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Nothing is known of it then.
            }
        }

        return answer;
    }

    /// <summary>
    /// The source <c>.nupkg.metadata</c> names for an extracted package; empty where it names none or cannot be read.
    /// </summary>
    public static string SourceOf(string packageDirectory)
    {
        try
        {
            string path = Path.Combine(packageDirectory, ".nupkg.metadata");
            const int most = 64 * 1024;
            if (new FileInfo(path) is not { Exists: true, Length: < most })
            {
                return "";
            }

            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("source", out JsonElement source)
                && source.ValueKind == JsonValueKind.String ? source.GetString() ?? "" : "";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            return "";
        }
    }

    /// <summary>
    /// A source as it may stand in a committed file: a URL without user, password, query and fragment; a folder relative to
    /// the repository; empty for a folder elsewhere on this machine.
    /// </summary>
    public static string PortableSource(string source, string repositoryRoot)
    {
        if (source.Length == 0)
        {
            return "";
        }

        if (Uri.TryCreate(source, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https")
        {
            return uri!.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
        }

        if (!Path.IsPathFullyQualified(source))
        {
            return "";
        }

        string relative = Path.GetRelativePath(repositoryRoot, source);
        return Path.IsPathFullyQualified(relative) || relative == ".." || relative.StartsWith(".." + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? ""
            : relative.Replace(Path.DirectorySeparatorChar, '/');
    }
}
