using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace ReproGate.Tasks;

/// <summary>The repository's own obj folder, which holds the reports of the checks that run once per build.</summary>
internal static class RepositoryFolder
{
    /// <summary>Not every .gitignore knows an obj folder at the root, so the folder ignores itself where something is reported.</summary>
    public static void Ignore(string directory, List<Finding> findings, TaskLoggingHelper log)
    {
        if (findings.Count > 0)
        {
            Ignore(directory, log);
        }
    }

    /// <summary>The same, for a folder that is written in any case.</summary>
    public static void Ignore(string directory, TaskLoggingHelper log)
    {
        try
        {
            Directory.CreateDirectory(directory);
            string ignore = Path.Combine(directory, ".gitignore");
            if (!File.Exists(ignore))
            {
                File.WriteAllText(ignore, "*\n");
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            log.LogMessage(MessageImportance.Low, "{0}", exception.Message);
        }
    }
}
