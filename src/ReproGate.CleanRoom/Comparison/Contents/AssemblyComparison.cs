using System.Collections.Immutable;
using System.Globalization;
using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;

namespace ReproGate.CleanRoom.Comparison.Contents;

/// <summary>Compares two portable executables: headers, metadata, method bodies, resources, embedded PDB.</summary>
internal static class AssemblyComparison
{
    /// <summary>Compares two images.</summary>
    /// <exception cref="BadImageFormatException">An image is damaged.</exception>
    public static Verdict Compare(Differ differ, string where, ReadOnlyMemory<byte> left, ReadOnlyMemory<byte> right, int depth)
    {
        using var leftImage = new PEReader(ImmutableCollectionsMarshal.AsImmutableArray(left.ToArray()));
        using var rightImage = new PEReader(ImmutableCollectionsMarshal.AsImmutableArray(right.ToArray()));
        PeNormaliser.Headers leftHeaders = PeNormaliser.Read(leftImage);
        PeNormaliser.Headers rightHeaders = PeNormaliser.Read(rightImage);
        AddHeaders(differ, where, leftHeaders, rightHeaders);
        bool structural = false;
        if (leftImage.HasMetadata && rightImage.HasMetadata)
        {
            (IReadOnlyList<ViewItem> leftItems, IReadOnlyList<ArchiveEntry> leftResources) = AssemblyView.Read(leftImage, differ.Cancellation);
            (IReadOnlyList<ViewItem> rightItems, IReadOnlyList<ArchiveEntry> rightResources) = AssemblyView.Read(rightImage, differ.Cancellation);
            structural = !Same(leftItems, rightItems);
            ViewComparison.Compare(differ, where, leftItems, rightItems);
            structural |= ArchiveEntries.Compare(differ, Differ.Inside(where, "resources"), leftResources, rightResources, depth) != Verdict.Equal;
            structural |= CompareEmbeddedPdb(differ, where, leftImage, rightImage, depth);
        }

        byte[] leftRest = PeNormaliser.Normalise(leftImage, left.Span);
        byte[] rightRest = PeNormaliser.Normalise(rightImage, right.Span);
        if (leftRest.AsSpan().SequenceEqual(rightRest))
        {
            return Verdict.Metadata;
        }

        // Nothing with a name differs, so the place in the image is all there is to tell.
        if (!structural && leftHeaders.PdbPath == rightHeaders.PdbPath)
        {
            int offset = leftRest.AsSpan().CommonPrefixLength(rightRest);
            string section = leftImage.PEHeaders.SectionHeaders.FirstOrDefault(header => offset >= header.PointerToRawData && offset < header.PointerToRawData + header.SizeOfRawData).Name ?? "headers";
            differ.AddBytes(Differ.Inside(where, section), leftRest, rightRest);
        }

        return Verdict.Different;
    }

    private static bool Same(IReadOnlyList<ViewItem> left, IReadOnlyList<ViewItem> right) =>
        left.Where(static item => item.Kind != PartKinds.ModuleId).Select(static item => (item.Name, item.Value)).SequenceEqual(right.Where(static item => item.Kind != PartKinds.ModuleId).Select(static item => (item.Name, item.Value)));

    private static bool CompareEmbeddedPdb(Differ differ, string where, PEReader left, PEReader right, int depth)
    {
        byte[]? leftPdb = EmbeddedPdb(differ, where, left);
        byte[]? rightPdb = EmbeddedPdb(differ, where, right);
        return leftPdb is not null && rightPdb is not null && differ.Compare(Differ.Inside(where, "embedded PDB"), "embedded.pdb", leftPdb, rightPdb, depth + 1) == Verdict.Different;
    }

    private static byte[]? EmbeddedPdb(Differ differ, string where, PEReader image)
    {
        DebugDirectoryEntry entry = image.ReadDebugDirectory().FirstOrDefault(static entry => entry.Type == DebugDirectoryEntryType.EmbeddedPortablePdb);
        // MPDB and the unpacked size stand before the deflated bytes.
        if (entry.DataSize <= 8 || entry.DataPointer <= 0)
        {
            return null;
        }

        ImmutableArray<byte> bytes = image.GetEntireImage().GetContent(entry.DataPointer + 8, entry.DataSize - 8);
        using var stream = new DeflateStream(Memory.Stream(bytes.AsMemory()), CompressionMode.Decompress);
        return differ.Unpack(where, stream);
    }

    private static void AddHeaders(Differ differ, string where, PeNormaliser.Headers left, PeNormaliser.Headers right)
    {
        Add("PDB path", PartKinds.DebugPath, left.PdbPath, right.PdbPath);
        Add("COFF header", PartKinds.PeTimestamp, Hex((uint)left.Timestamp), Hex((uint)right.Timestamp));
        Add("optional header", PartKinds.PeChecksum, Hex(left.Checksum), Hex(right.Checksum));
        Add("debug directory", PartKinds.PdbId, left.PdbId, right.PdbId);
        Add("debug directory", PartKinds.PdbChecksum, left.PdbChecksum, right.PdbChecksum);

        void Add(string name, string kind, string leftValue, string rightValue)
        {
            if (leftValue != rightValue)
            {
                differ.Add(Differ.Inside(where, name), kind, leftValue, rightValue);
            }
        }

        static string Hex(uint value) => "0x" + value.ToString("x8", CultureInfo.InvariantCulture);
    }
}
