using ReproGate.Facts;
using ReproGate.Repository.Evaluation;

namespace ReproGate.Repository.Machine;

/// <summary>The repository's own MSBuild files of one evaluation.</summary>
public static class OwnFiles
{
    // As many as an evaluation of a large repository reads, with room.
    private const int MaxFiles = 512;

    /// <summary>Reads them: what was imported where that is known, else what the text of the imports leads to.</summary>
    /// <param name="projectPath">Absolute path of the project.</param>
    /// <param name="sharedFiles">Directory.Build.props and its like, as the evaluation found them.</param>
    /// <param name="territory">Where the repository is.</param>
    /// <param name="project">The evaluation.</param>
    public static RepositoryFiles Read(string projectPath, IEnumerable<string> sharedFiles, Territory territory, IEvaluatedProject project)
    {
        if (project.Imports is null)
        {
            RepositoryFiles followed = RepositoryFilesReader.ReadProject(territory.RepositoryRoot, sharedFiles, projectPath);
            return new RepositoryFiles { Files = [.. followed.Files.Where(file => territory.IsOwn(file.Path))] };
        }

        return new RepositoryFiles
        {
            Files =
            [
                .. project.Imports.Append(projectPath).Select(Path.GetFullPath).Distinct(StringComparer.Ordinal)
                    .Where(territory.IsOwn)
                    .Take(MaxFiles)
                    .Select(static path => ProjectFileReader.Read(path, []))
                    .OfType<ProjectFileText>(),
            ],
        };
    }

    /// <summary>Expands a text as the file it stands in would: MSBuildThisFile… are the file's own.</summary>
    public static string? Expand(IEvaluatedProject project, string text, string file)
    {
        string directory = Path.GetDirectoryName(file)! + Path.DirectorySeparatorChar;
        string local = text
            .Replace("$(MSBuildThisFileDirectory)", directory, StringComparison.OrdinalIgnoreCase)
            .Replace("$(MSBuildThisFileFullPath)", file, StringComparison.OrdinalIgnoreCase)
            .Replace("$(MSBuildThisFileName)", Path.GetFileNameWithoutExtension(file), StringComparison.OrdinalIgnoreCase)
            .Replace("$(MSBuildThisFile)", Path.GetFileName(file), StringComparison.OrdinalIgnoreCase);
        // Any other use of them would be the project's.
        return local.Contains("MSBuildThisFile", StringComparison.OrdinalIgnoreCase) ? null : local.Contains('$') || local.Contains("@(", StringComparison.Ordinal) ? project.Expand(local) : local;
    }

    /// <summary>A path as written in a file, absolute; null where it cannot be one.</summary>
    public static string? Absolute(string path, string directory)
    {
        string trimmed = path.Trim();
        if (trimmed.Length == 0 || trimmed.AsSpan().ContainsAny('\0', '\n', '|'))
        {
            return null;
        }

        // A drive of Windows is no folder of the project, on whatever system the path is read.
        string from = !OperatingSystem.IsWindows() && trimmed.Length > 2 && char.IsAsciiLetter(trimmed[0]) && trimmed[1] == ':' && (trimmed[2] is '\\' or '/') ? "/" : directory;
        try
        {
            return Path.GetFullPath(Path.Combine(from, trimmed.Replace('\\', Path.DirectorySeparatorChar)));
        }
        catch (Exception exception) when (exception is ArgumentException or IOException or NotSupportedException)
        {
            return null;
        }
    }
}
