namespace ReproGate.Repository.Machine;

/// <summary>Follows symbolic links, so that one folder under two names is not taken for two.</summary>
internal static class RealPath
{
    private const int MaxLinks = 40;

    /// <summary>The path with every link in it followed; the path itself where something of it does not exist or cannot be looked at.</summary>
    public static string Of(string path)
    {
        try
        {
            string full = Path.GetFullPath(path);
            string root = Path.GetPathRoot(full) ?? "";
            string current = root;
            int links = 0;
            foreach (string part in full[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
            {
                current = Path.Combine(current, part);
                FileSystemInfo info = Directory.Exists(current) ? new DirectoryInfo(current) : new FileInfo(current);
                if (info.LinkTarget is not null)
                {
                    if (++links > MaxLinks || info.ResolveLinkTarget(returnFinalTarget: true) is not { } target)
                    {
                        return full;
                    }

                    current = target.FullName;
                }
            }

            return current;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return path;
        }
    }
}
