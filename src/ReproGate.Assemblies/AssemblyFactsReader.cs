using System.Buffers.Binary;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using ReproGate.Assemblies.Reading;
using ReproGate.Facts;

namespace ReproGate.Assemblies;

/// <summary>Reads an assembly and its portable PDB into facts, in time and memory linear in their size.</summary>
public static class AssemblyFactsReader
{
    private const long MaximumLength = 1L << 30;
    // A sound assembly needs far less than one step per byte.
    private const int EffortPerByte = 8;
    private const int SmallPdb = 64 * 1024 * 1024;

    /// <summary>Reads an assembly from disk; the PDB is the embedded one or the file of the same name beside it.</summary>
    /// <param name="path">Absolute path of the assembly.</param>
    /// <param name="isGenerated">Tells from a document's path in the PDB whether nobody can edit it; null for none.</param>
    /// <exception cref="UnreadableAssemblyException">The file is no managed assembly or so damaged that nothing can be said of it.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be opened.</exception>
    public static AssemblyFacts Read(string path, Func<string, bool>? isGenerated = null)
    {
        using FileStream stream = Open(path);
        using FileStream? symbols = OpenPdbBeside(path);
        return Read(stream, symbols, isGenerated);
    }

    /// <summary>Reads an assembly from a stream, from its beginning.</summary>
    /// <param name="assembly">The assembly; seekable.</param>
    /// <param name="symbols">The PDB beside it, if there is one; ignored where the assembly embeds its own.</param>
    /// <param name="isGenerated">Tells from a document's path in the PDB whether nobody can edit it; null for none.</param>
    /// <exception cref="UnreadableAssemblyException">The stream holds no managed assembly or one so damaged that nothing can be said of it.</exception>
    public static AssemblyFacts Read(Stream assembly, Stream? symbols, Func<string, bool>? isGenerated = null) =>
        Read(assembly, symbols, isGenerated, EffortPerByte, static (image, metadata, sources, effort, unread, state) => new AssemblyPass(image, metadata, sources, effort, unread).Run(state));

    /// <summary>Opens an assembly with its symbols and runs a pass over it.</summary>
    /// <param name="assembly">The assembly; seekable.</param>
    /// <param name="symbols">The PDB beside it, if there is one.</param>
    /// <param name="isGenerated">Tells from a document's path whether nobody can edit it; null for none.</param>
    /// <param name="effortPerByte">Steps the pass may take for each byte of the assembly and its symbols.</param>
    /// <param name="pass">The pass.</param>
    /// <exception cref="UnreadableAssemblyException">Nothing can be said of the assembly.</exception>
    internal static T Read<T>(Stream assembly, Stream? symbols, Func<string, bool>? isGenerated, int effortPerByte, Func<PEReader, MetadataReader, SourceMap, Effort, List<string>, SymbolState, T> pass)
    {
        if (assembly.Length > MaximumLength)
        {
            throw new UnreadableAssemblyException($"it is {assembly.Length} bytes long; more than {MaximumLength} are not read");
        }

        try
        {
            using var image = new PEReader(assembly, PEStreamOptions.LeaveOpen | PEStreamOptions.PrefetchEntireImage);
            if (!image.HasMetadata)
            {
                throw new UnreadableAssemblyException("it is no managed assembly");
            }

            MetadataReader metadata = image.GetMetadataReader();
            if (!metadata.IsAssembly)
            {
                throw new UnreadableAssemblyException("it is a module without assembly manifest");
            }

            var unread = new List<string>();
            (SymbolState state, MetadataReaderProvider? provider) = OpenSymbols(image, assembly.Length, symbols, unread);
            using (provider)
            {
                var effort = new Effort(assembly.Length + (symbols?.Length ?? 0), effortPerByte);
                var sources = new SourceMap(metadata, provider?.GetMetadataReader(), isGenerated ?? (static _ => false), effort);
                return pass(image, metadata, sources, effort, unread, state);
            }
        }
        catch (Exception exception) when (IsDamage(exception))
        {
            throw new UnreadableAssemblyException($"it is damaged: {exception.Message}", exception);
        }
    }

    /// <summary>The module version id of an assembly, read without the pass.</summary>
    /// <exception cref="UnreadableAssemblyException">The file is no managed assembly.</exception>
    public static Guid ReadMvid(string path)
    {
        using FileStream stream = Open(path);
        try
        {
            using var image = new PEReader(stream);
            if (!image.HasMetadata)
            {
                throw new UnreadableAssemblyException("it is no managed assembly");
            }

            MetadataReader metadata = image.GetMetadataReader();
            return metadata.GetGuid(metadata.GetModuleDefinition().Mvid);
        }
        catch (Exception exception) when (IsDamage(exception))
        {
            throw new UnreadableAssemblyException($"it is damaged: {exception.Message}", exception);
        }
    }

    // What System.Reflection.Metadata throws for damaged input; anything else is a defect of ours.
    internal static bool IsDamage(Exception exception) =>
        exception is BadImageFormatException or InvalidOperationException or ArgumentException or OverflowException
            or InvalidCastException or IndexOutOfRangeException or NotSupportedException or InvalidDataException or EndOfStreamException;

    internal static FileStream? OpenPdbBeside(string path) => Path.ChangeExtension(path, ".pdb") is var pdb && File.Exists(pdb) ? Open(pdb) : null;

    internal static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);

    private static (SymbolState State, MetadataReaderProvider? Provider) OpenSymbols(PEReader image, long length, Stream? symbols, List<string> unread)
    {
        MetadataReaderProvider? provider = null;
        try
        {
            BlobContentId? expected = null;
            foreach (DebugDirectoryEntry entry in image.ReadDebugDirectory())
            {
                if (entry.Type == DebugDirectoryEntryType.EmbeddedPortablePdb)
                {
                    CheckEmbeddedSize(image, entry, length);
                    provider = image.ReadEmbeddedPortablePdbDebugDirectoryData(entry);
                    provider.GetMetadataReader();
                    return (SymbolState.Found, provider);
                }

                if (entry.Type == DebugDirectoryEntryType.CodeView && entry.IsPortableCodeView)
                {
                    expected = new BlobContentId(image.ReadCodeViewDebugDirectoryData(entry).Guid, entry.Stamp);
                }
            }

            if (symbols is null)
            {
                return (SymbolState.Missing, null);
            }

            if (symbols.Length > MaximumLength)
            {
                unread.Add("Its PDB is too large to be read.");
                return (SymbolState.Unreadable, null);
            }

            provider = MetadataReaderProvider.FromPortablePdbStream(symbols, MetadataStreamOptions.LeaveOpen | MetadataStreamOptions.PrefetchMetadata);
            MetadataReader reader = provider.GetMetadataReader();
            if (expected is null || reader.DebugMetadataHeader is null || new BlobContentId(reader.DebugMetadataHeader.Id) != expected)
            {
                provider.Dispose();
                return (SymbolState.Mismatched, null);
            }

            return (SymbolState.Found, provider);
        }
        catch (Exception exception) when (IsDamage(exception))
        {
            provider?.Dispose();
            unread.Add($"Its PDB could not be read, so places in the source are unknown: {exception.Message}");
            return (SymbolState.Unreadable, null);
        }
    }

    // The header of an embedded PDB says how much memory it wants; deflate cannot expand by more than about a thousand.
    private static void CheckEmbeddedSize(PEReader image, DebugDirectoryEntry entry, long length)
    {
        PEMemoryBlock block = image.GetSectionData(entry.DataRelativeVirtualAddress);
        ReadOnlySpan<byte> header = block.GetContent(0, Math.Min(8, block.Length)).AsSpan();
        int size = header.Length == 8 ? BinaryPrimitives.ReadInt32LittleEndian(header[4..]) : 0;
        if (size < 0 || size > Math.Max(SmallPdb, 4 * length))
        {
            throw new BadImageFormatException($"The embedded PDB wants {size} bytes.");
        }
    }
}

/// <summary>A file that cannot be read as an assembly; the message completes "X could not be read: ".</summary>
public sealed class UnreadableAssemblyException : Exception
{
    /// <summary>Creates it with the reason.</summary>
    public UnreadableAssemblyException(string message)
        : base(message)
    {
    }

    /// <summary>Creates it with the reason and what was thrown.</summary>
    public UnreadableAssemblyException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
