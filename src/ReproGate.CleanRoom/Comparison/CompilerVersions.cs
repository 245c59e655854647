using System.Collections.Immutable;
using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using ReproGate.CleanRoom.Comparison.Contents;

namespace ReproGate.CleanRoom.Comparison;

/// <summary>
/// Which compilers made the assemblies of a package. An assembly itself does not say it; its portable PDB does, where it is embedded or lies beside it. A
/// package whose symbols were published apart says nothing.
/// </summary>
public static class CompilerVersions
{
    private const string Key = "compiler-version";
    private static readonly Guid Options = new("B5FEEC05-8CD0-4A83-96DA-466284BB4BD8");

    /// <summary>The versions that the package's PDBs name, each once, in order; empty where none does.</summary>
    /// <param name="package">Path of the package.</param>
    /// <param name="options">Limits; entries beyond them are passed over.</param>
    /// <exception cref="InvalidDataException">It is no package, or damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ImmutableArray<string> Of(string package, ComparisonOptions options)
    {
        using ZipArchive archive = ZipFile.OpenRead(package);
        var versions = new SortedSet<string>(StringComparer.Ordinal);
        var differ = new Differ(options, CancellationToken.None);
        foreach (ZipArchiveEntry entry in archive.Entries.Where(static entry => Path.GetExtension(entry.FullName).ToUpperInvariant() is ".DLL" or ".EXE" or ".PDB").Take(options.MaximumEntries))
        {
            using Stream stream = entry.Open();
            if (differ.Unpack(entry.FullName, stream) is not { } bytes)
            {
                break;
            }

            try
            {
                if (Read(bytes.ToArray(), isPdb: entry.FullName.EndsWith(".pdb", StringComparison.OrdinalIgnoreCase)) is { } version)
                {
                    versions.Add(version);
                }
            }
            catch (Exception exception) when (exception is BadImageFormatException or InvalidDataException or IOException or ArgumentException or InvalidOperationException or OverflowException)
            {
                // Native, of Windows' own form, or damaged: it names no compiler.
            }
        }

        return [.. versions];
    }

    /// <summary>The compiler's version that a portable PDB names, its own or embedded; null where none is there.</summary>
    /// <exception cref="BadImageFormatException">The bytes are damaged.</exception>
    internal static string? Read(byte[] bytes, bool isPdb)
    {
        if (isPdb)
        {
            using MetadataReaderProvider pdb = MetadataReaderProvider.FromPortablePdbStream(new MemoryStream(bytes));
            return Read(pdb.GetMetadataReader());
        }

        using var image = new PEReader(new MemoryStream(bytes));
        foreach (DebugDirectoryEntry entry in image.ReadDebugDirectory())
        {
            if (entry.Type == DebugDirectoryEntryType.EmbeddedPortablePdb)
            {
                using MetadataReaderProvider pdb = image.ReadEmbeddedPortablePdbDebugDirectoryData(entry);
                return Read(pdb.GetMetadataReader());
            }
        }

        return null;
    }

    private static string? Read(MetadataReader pdb)
    {
        foreach (CustomDebugInformation information in pdb.CustomDebugInformation.Select(pdb.GetCustomDebugInformation).Where(information => pdb.GetGuid(information.Kind) == Options))
        {
            // Names and values in turn, each ended by a zero.
            string[] parts = Encoding.UTF8.GetString(pdb.GetBlobBytes(information.Value)).Split('\0');
            int at = Array.IndexOf(parts, Key);
            if (at >= 0 && at + 1 < parts.Length)
            {
                return parts[at + 1];
            }
        }

        return null;
    }
}
