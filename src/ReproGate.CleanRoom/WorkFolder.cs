using ReproGate.CleanRoom.Engines;

namespace ReproGate.CleanRoom;

/// <summary>The folder of this machine where a run keeps snapshot, logs and outputs. Whoever made it may be killed at any moment; the next run removes what he left.</summary>
public static class WorkFolder
{
    private const string Prefix = "reprogate-room-";
    private const int MostLeft = 1000;
    private const int Attempts = 3;

    /// <summary>Makes one, empty, that only this user may read, and removes those whose maker is gone.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public static string Create()
    {
        Sweep(Path.GetTempPath());
        return Directory.CreateTempSubdirectory($"{Prefix}{RoomOwner.Current}-").FullName;
    }

    /// <summary>Removes what makers left that are gone; what cannot be removed stays for the system to clean.</summary>
    internal static void Sweep(string temporary)
    {
        try
        {
            foreach (string folder in Directory.EnumerateDirectories(temporary, Prefix + "*", new EnumerationOptions { AttributesToSkip = FileAttributes.ReparsePoint }).Take(MostLeft))
            {
                string owner = Path.GetFileName(folder)[Prefix.Length..].Split('-')[0];
                if (RoomOwner.IsGone(owner))
                {
                    Remove(folder);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It cannot be listed.
        }
    }

    /// <summary>Removes a folder, also one in which a build has taken away the right to; what cannot be removed stays for the system to clean.</summary>
    public static void Remove(string folder)
    {
        for (int attempt = 0; attempt < Attempts && Directory.Exists(folder); attempt++)
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Another user's; in use; or a build took the right to write from it.
                Permit(folder);
            }
        }
    }

    private static void Permit(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        try
        {
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            foreach (string inner in Directory.EnumerateDirectories(folder, "*", new EnumerationOptions { AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true }))
            {
                Permit(inner);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Not ours, or gone.
        }
    }
}
