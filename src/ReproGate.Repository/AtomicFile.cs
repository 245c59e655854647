using System.Text;

namespace ReproGate.Repository;

/// <summary>Writes files so that a reader sees the old content or the new one, never a part, whenever the process is killed.</summary>
public static class AtomicFile
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Writes text as UTF-8 without byte order mark, creating the folder.</summary>
    /// <exception cref="IOException">The folder or file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or file may not be written.</exception>
    public static void WriteAllText(string path, string content) => WriteAllBytes(path, Utf8.GetBytes(content));

    /// <summary>Writes bytes where the file holds others, so that its time says when the content changed.</summary>
    /// <exception cref="IOException">The folder or file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or file may not be written.</exception>
    /// <returns>Whether the file was written.</returns>
    public static bool WriteAllBytesIfDifferent(string path, ReadOnlySpan<byte> content)
    {
        var existing = new FileInfo(path);
        if (existing.Exists && existing.Length == content.Length && content.SequenceEqual(File.ReadAllBytes(path)))
        {
            return false;
        }

        WriteAllBytes(path, content);
        return true;
    }

    /// <summary>Writes bytes, creating the folder.</summary>
    /// <exception cref="IOException">The folder or file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or file may not be written.</exception>
    public static void WriteAllBytes(string path, ReadOnlySpan<byte> content)
    {
        string directory = Path.GetDirectoryName(path) ?? throw new ArgumentException("A file path is needed.", nameof(path));
        Directory.CreateDirectory(directory);
        // In the same folder: a rename is atomic only within one file system.
        string temporary = Path.Combine(directory, $".{Guid.NewGuid():N}.tmp");
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                stream.Write(content);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            File.Delete(temporary);
            throw;
        }
    }
}
