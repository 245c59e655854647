using System.Collections.Immutable;

namespace ReproGate.Repository;

/// <summary>
/// JSON schemas of the files at a repository's root, for editors. They lie in <c>obj/reprogate/</c>, where a <c>$schema</c> and an editor's settings find them without
/// network and at the version that judges.
/// </summary>
public static class FileSchemas
{
    /// <summary>The folder they are written to, relative to the root.</summary>
    public const string Folder = "obj/reprogate";

    /// <summary>The files that have one here; the matrix's is written by the gate that reads it, and the lock is no file that people write.</summary>
    public static readonly ImmutableArray<string> Files = ["reprogate.allow.json", "reprogate.baseline.json"];

    /// <summary>The name of a file's schema: <c>reprogate.allow.schema.json</c>.</summary>
    public static string NameFor(string file) => file.Replace(".json", ".schema.json", StringComparison.Ordinal);

    /// <summary>A schema's text, UTF-8.</summary>
    /// <param name="file">One of <see cref="Files"/>.</param>
    public static byte[] Read(string file)
    {
        using Stream stream = typeof(FileSchemas).Assembly.GetManifestResourceStream(NameFor(file))!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Writes the schemas of the files that a repository has, where they differ.</summary>
    /// <param name="root">The repository's root.</param>
    /// <returns>Whether it has such files.</returns>
    /// <exception cref="IOException">The folder cannot be written; only editors miss it.</exception>
    public static bool Write(string root)
    {
        string[] present = [.. Files.Where(file => File.Exists(Path.Combine(root, file)))];
        foreach (string file in present)
        {
            AtomicFile.WriteAllBytesIfDifferent(Path.Combine(root, Folder, NameFor(file)), Read(file));
        }

        return present.Length > 0;
    }
}
