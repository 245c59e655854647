using System.Collections.Immutable;
using ReproGate.Facts.Configuration;
using ReproGate.Settings.Files;

namespace ReproGate.Settings.Formats;

/// <summary>Keys of a folder as <c>AddKeyPerFile</c> gives them: the file's name is the key, <c>__</c> a colon, the content the value.</summary>
internal static class KeyPerFileSettings
{
    /// <summary>Makes keys of named contents.</summary>
    /// <param name="files">Name without folder; content (null where not known); place; whether it comes from a secret store.</param>
    public static ImmutableArray<ProvidedKey> Map(IEnumerable<ProvidedKey> files) =>
    [
        .. from file in files
           where !IsIgnored(file.Key)
           select file with { Key = file.Key.Replace("__", ":", StringComparison.Ordinal), WrittenAs = file.Key, Value = file.Value is { } value ? TrimNewLine(value) : null },
    ];

    /// <summary>Reads a folder of the repository.</summary>
    public static ImmutableArray<ProvidedKey> Read(SettingsFiles files, string directory, FaultList faults)
    {
        var found = new List<ProvidedKey>();
        foreach (string file in files.FilesIn(directory, faults))
        {
            string name = Path.GetFileName(file);
            if (!IsIgnored(name) && files.Text(file, faults) is { } content)
            {
                found.Add(new ProvidedKey(name, content, new SourceLocation(file, 1, 1)));
            }
        }

        return Map(found);
    }

    // The provider's own prefix, and what its file provider leaves out.
    private static bool IsIgnored(string name) => name.StartsWith("ignore.", StringComparison.Ordinal) || name.StartsWith('.');

    // The newline of the machine that runs it; a repository's files run in Linux containers with LF.
    private static string TrimNewLine(string value) =>
        value.EndsWith(Environment.NewLine, StringComparison.Ordinal) ? value[..^Environment.NewLine.Length] : value;
}
