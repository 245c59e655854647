using System.Reflection;

namespace ReproGate.Architecture.Tests;

/// <summary>This repository's own files.</summary>
internal static class Source
{
    public static string Root { get; } = FindRoot();

    public static string PathOf(string relative) => Path.Combine(Root, relative);

    /// <summary>Files below a folder that git would track: build outputs left out.</summary>
    public static IEnumerable<string> Files(string folder, string pattern)
    {
        char separator = Path.DirectorySeparatorChar;
        return Directory.EnumerateFiles(PathOf(folder), pattern, SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{separator}obj{separator}", StringComparison.Ordinal) && !file.Contains($"{separator}bin{separator}", StringComparison.Ordinal));
    }

    private static string FindRoot()
    {
        string? directory = Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location);
        while (directory is not null && !File.Exists(Path.Combine(directory, "ReproGate.sln")))
        {
            directory = Path.GetDirectoryName(directory);
        }

        return directory ?? throw new InvalidOperationException("The tests do not run below the repository.");
    }
}
