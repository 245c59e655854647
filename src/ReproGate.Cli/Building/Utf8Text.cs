using System.Text;
using ReproGate.Repository;

namespace ReproGate.Cli.Building;

/// <summary>Text files of a repository, in UTF-8. A byte order mark belongs to the file and not to its text: it stays as it is.</summary>
internal static class Utf8Text
{
    private static ReadOnlySpan<byte> Mark => [0xEF, 0xBB, 0xBF];

    /// <summary>The text of a file, without a mark; null where there is no such file.</summary>
    public static string? Read(string path) => File.Exists(path) ? Of(File.ReadAllBytes(path)) : null;

    /// <summary>The text of a file's bytes, without a mark.</summary>
    public static string Of(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes.StartsWith(Mark) ? bytes[Mark.Length..] : bytes);

    /// <summary>Writes a file atomically, with a mark where it had one.</summary>
    public static void Write(string path, string text)
    {
        bool marked = File.Exists(path) && File.ReadAllBytes(path).AsSpan().StartsWith(Mark);
        AtomicFile.WriteAllBytes(path, [.. marked ? Mark : [], .. Encoding.UTF8.GetBytes(text)]);
    }
}
