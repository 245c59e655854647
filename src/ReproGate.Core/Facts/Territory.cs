using System.Collections.Immutable;

namespace ReproGate.Facts;

/// <summary>Where a build may take files from: the repository and the folders of packages, SDK and build output.</summary>
/// <param name="RepositoryRoot">Absolute path of the repository's root.</param>
/// <param name="Given">Absolute paths of the other folders.</param>
public sealed record Territory(string RepositoryRoot, ImmutableArray<string> Given)
{
    private static readonly StringComparison Comparison = OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;

    /// <summary>Whether a file is the repository's own: inside it, and in none of the other folders, which may lie inside it too.</summary>
    public bool IsOwn(string path) => IsBelow(path, RepositoryRoot) && !IsGiven(path);

    /// <summary>Whether a file is in one of the other folders.</summary>
    public bool IsGiven(string path) => Given.Any(folder => IsBelow(path, folder) && !IsBelow(RepositoryRoot, folder));

    /// <summary>Whether a file is neither.</summary>
    public bool IsOutside(string path) => !IsBelow(path, RepositoryRoot) && !IsGiven(path);

    /// <summary>Whether a path is a folder or lies below it; both are absolute, without <c>..</c>.</summary>
    public static bool IsBelow(string path, string folder)
    {
        string prefix = Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar;
        return prefix.Length > 1 && (path.StartsWith(prefix, Comparison) || (path.Length == prefix.Length - 1 && prefix.StartsWith(path, Comparison)));
    }
}
