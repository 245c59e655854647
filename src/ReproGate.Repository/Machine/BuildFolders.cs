using ReproGate.Facts;

namespace ReproGate.Repository.Machine;

/// <summary>The folders a build may take files from besides the repository: packages, SDK, MSBuild, output.</summary>
public static class BuildFolders
{
    /// <summary>Gathers them.</summary>
    /// <param name="repositoryRoot">Absolute path of the repository's root.</param>
    /// <param name="projectPath">Absolute path of the project.</param>
    /// <param name="packageDirectory">ReproGate's own package folder.</param>
    /// <param name="named">Folders that properties of the evaluation name, absolute or relative to the project.</param>
    public static Territory Of(string repositoryRoot, string projectPath, string packageDirectory, IEnumerable<string> named)
    {
        string project = Path.GetDirectoryName(projectPath)!;
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var folders = new HashSet<string>(StringComparer.Ordinal);
        foreach (string folder in named.Concat(OfEnvironment()).Append(packageDirectory).Append(GlobalPackages(packageDirectory)))
        {
            Add(folder);
        }

        if (home.Length > 0)
        {
            Add(Path.Combine(home, ".nuget", "packages"));
            Add(Path.Combine(home, ".dotnet"));
        }

        return new Territory(repositoryRoot, [.. folders]);

        void Add(string folder)
        {
            if (string.IsNullOrWhiteSpace(folder) || folder.Contains('\0'))
            {
                return;
            }

            string full = Path.GetFullPath(Path.Combine(project, folder.Replace('\\', Path.DirectorySeparatorChar)));
            // A folder that holds the project, such as an output folder "./", says nothing; nor does a drive.
            if (Path.GetPathRoot(full) != full && !Territory.IsBelow(project, full))
            {
                folders.Add(full);
                folders.Add(RealPath.Of(full));
            }
        }
    }

    /// <summary>Whether a file is outside, seen by its real path too, and in no extracted package.</summary>
    public static bool IsOutside(Territory territory, string path)
    {
        if (!territory.IsOutside(path))
        {
            return false;
        }

        string real = RealPath.Of(path);
        return territory.IsOutside(real) && !Territory.IsBelow(real, RealPath.Of(territory.RepositoryRoot)) && !IsInPackage(path);
    }

    /// <summary>NuGet leaves this file beside what it extracts, in whatever folder.</summary>
    private static bool IsInPackage(string path)
    {
        for (string? folder = Path.GetDirectoryName(path); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, ".nupkg.metadata")))
            {
                return true;
            }
        }

        return false;
    }

    private static IEnumerable<string> OfEnvironment() =>
        ((string[])["NUGET_PACKAGES", "NUGET_FALLBACK_PACKAGES", "DOTNET_ROOT", "DOTNET_CLI_HOME", "DOTNETSDK_WORKLOAD_MANIFEST_ROOTS", "DOTNETSDK_WORKLOAD_PACK_ROOTS"])
            .SelectMany(static name => (Environment.GetEnvironmentVariable(name) ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
                .Select(folder => name == "DOTNET_CLI_HOME" ? Path.Combine(folder, ".dotnet") : folder));

    /// <summary>The packages folder that ReproGate itself was extracted into: <c>packages/reprogate.sdk/1.2.3/</c>.</summary>
    private static string GlobalPackages(string packageDirectory)
    {
        string? id = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(packageDirectory));
        return id is not null && Path.GetFileName(id).Equals("reprogate.sdk", StringComparison.OrdinalIgnoreCase) ? Path.GetDirectoryName(id) ?? "" : "";
    }
}
