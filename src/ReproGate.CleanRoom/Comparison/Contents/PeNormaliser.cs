using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;

namespace ReproGate.CleanRoom.Comparison.Contents;

/// <summary>Puts aside what follows from an image's content or its PDB and no program reads: time stamps, checksum, MVID, PDB id and checksum.</summary>
internal static class PeNormaliser
{
    private const int PdbIdLength = 20;

    /// <summary>The parts of the headers that a difference can lie in.</summary>
    /// <param name="Timestamp">Time stamp of the COFF header.</param>
    /// <param name="Checksum">Checksum of the optional header.</param>
    /// <param name="PdbPath">Path of the PDB; empty where the image names none.</param>
    /// <param name="PdbId">Id of the PDB.</param>
    /// <param name="PdbChecksum">Checksum of the PDB.</param>
    public sealed record Headers(int Timestamp, uint Checksum, string PdbPath, string PdbId, string PdbChecksum);

    /// <summary>Reads those parts.</summary>
    public static Headers Read(PEReader image)
    {
        string path = "", id = "", checksum = "";
        foreach (DebugDirectoryEntry entry in image.ReadDebugDirectory())
        {
            if (entry.Type == DebugDirectoryEntryType.CodeView)
            {
                CodeViewDebugDirectoryData data = image.ReadCodeViewDebugDirectoryData(entry);
                (path, id) = (data.Path, data.Guid.ToString());
            }
            else if (entry.Type == DebugDirectoryEntryType.PdbChecksum)
            {
                checksum = Convert.ToHexStringLower(image.ReadPdbChecksumDebugDirectoryData(entry).Checksum.AsSpan());
            }
        }

        return new Headers(image.PEHeaders.CoffHeader.TimeDateStamp, image.PEHeaders.PEHeader?.CheckSum ?? 0, path, id, checksum);
    }

    /// <summary>The image without those parts, the PDB's path excepted.</summary>
    public static byte[] Normalise(PEReader image, ReadOnlySpan<byte> bytes)
    {
        byte[] copy = bytes.ToArray();
        PEHeaders headers = image.PEHeaders;
        Clear(copy, headers.CoffHeaderStartOffset + 4, sizeof(int));
        if (headers.PEHeader is not null)
        {
            Clear(copy, headers.PEHeaderStartOffset + 64, sizeof(int));
        }

        foreach ((DebugDirectoryEntry entry, int index) in image.ReadDebugDirectory().Select(static (entry, index) => (entry, index)))
        {
            if (headers.PEHeader is { } optional && headers.TryGetDirectoryOffset(optional.DebugTableDirectory, out int directory))
            {
                Clear(copy, directory + (index * 28) + 4, sizeof(int));
            }

            if (entry.Type == DebugDirectoryEntryType.CodeView)
            {
                // RSDS, then the id and its age.
                Clear(copy, entry.DataPointer + 4, PdbIdLength);
            }
            else if (entry.Type == DebugDirectoryEntryType.PdbChecksum)
            {
                Clear(copy, entry.DataPointer, entry.DataSize);
            }
        }

        if (headers.CorHeader is { } cor)
        {
            MetadataReader metadata = image.GetMetadataReader();
            GuidHandle mvid = metadata.GetModuleDefinition().Mvid;
            if (!mvid.IsNil)
            {
                Clear(copy, headers.MetadataStartOffset + metadata.GetHeapMetadataOffset(HeapIndex.Guid) + ((metadata.GetHeapOffset(mvid) - 1) * 16), 16);
            }

            if (cor.StrongNameSignatureDirectory.Size > 0 && headers.TryGetDirectoryOffset(cor.StrongNameSignatureDirectory, out int signature))
            {
                Clear(copy, signature, cor.StrongNameSignatureDirectory.Size);
            }
        }

        return copy;
    }

    private static void Clear(byte[] bytes, int offset, int length)
    {
        if (offset >= 0 && length >= 0 && offset <= bytes.Length - length)
        {
            bytes.AsSpan(offset, length).Clear();
        }
    }
}
