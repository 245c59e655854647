using ReproGate.Facts.Configuration;

namespace ReproGate.Gates.Configuration;

/// <summary>When a row of the matrix declares what code reads. The build and the analyzer in an editor ask it here.</summary>
internal static class KeyDeclaration
{
    /// <summary>Whether a row covers a key; a row of an object or array covers what is below it.</summary>
    public static bool Covers(MatrixKey row, string key) =>
        KeyPattern.Covers(row.Key, key) || (row.Type is ConfigurationValueType.Object or ConfigurationValueType.Array && KeyPattern.Covers($"{row.Key}:**", key));

    /// <summary>Whether a row declares a read: it covers the key; of a whole section it is enough that rows lie below it.</summary>
    public static bool Declares(MatrixKey row, ConfigurationRead read)
    {
        if (read.Kind == ReadKind.EnvironmentVariable)
        {
            return Covers(row, read.Key) || Covers(row, KeyOfVariable(read.Key));
        }

        return Covers(row, read.Key)
            // The members of an entry of a dictionary or list may be declared one by one.
            || (KeyPattern.IsPattern(read.Key) && KeyPattern.Overlaps(row.Key, read.Key))
            || ((read.WholeSection || read.Kind is ReadKind.Exists or ReadKind.Section || read.Type is ConfigurationValueType.Object or ConfigurationValueType.Array) && KeyPattern.IsBelow(row.Key, read.Key));
    }

    /// <summary>The configuration key that an environment variable becomes.</summary>
    public static string KeyOfVariable(string name) => name.Replace("__", ":", StringComparison.Ordinal);
}
